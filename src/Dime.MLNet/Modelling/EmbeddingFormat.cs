using Dime.MLNet.Serialization;

namespace Dime.MLNet.Modelling;

/// <summary>A <see cref="ModelledEmbedding"/> as numbers in a file.</summary>
internal static class EmbeddingFormat
{
    private const int FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "DIMEPLAN"u8;

    /// <summary>A file of its own.</summary>
    public static void Save(Stream stream, ModelledEmbedding model)
    {
        using var writer = new SealedWriter(stream, Magic, FormatVersion);
        Write(writer, model);
        writer.Seal();
    }

    public static ModelledEmbedding Load(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FormatVersion, "modelled embedding");
        RestoredModel restored = Read(reader);
        reader.CheckSeal();
        return restored.ToModel(reader.Invalid);
    }

    /// <summary>A part of a file.</summary>
    public static void Write(SealedWriter writer, ModelledEmbedding model)
    {
        writer.Write(model.Dimension);
        writer.Write(model.Rank);
        writer.Write(model.BasisVectors.Span);
        foreach (double share in model.ExplainedVariance)
        {
            writer.Write(share);
        }

        writer.Write(model.Scores is not null);
        if (model.Scores is { } scores)
        {
            writer.Write(scores.Mean);
            writer.Write(scores.Whitening.Length / model.Rank);
            writer.Write(scores.Whitening);
        }

        WritePercentiles(writer, model.Distances);
        WritePercentiles(writer, model.WithinDistances);
        writer.Write(model.Normalizes);
        writer.Write(model.CalibrationRowCount);
        writer.Write(model.Spectrum is not null);
        foreach (double share in model.Spectrum ?? [])
        {
            writer.Write(share);
        }

        writer.Write(model.TrainingRowCount);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, to be believed only once the seal and its parts are checked.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="endsWithCalibration">Whether what 0.1.0 did not write yet is missing: all that follows the calibration.</param>
    public static RestoredModel Read(SealedReader reader, bool endsWithCalibration = false)
    {
        int dimension = reader.ReadCount("dimension", minimum: 1);
        int rank = reader.ReadCount("rank", minimum: 1);
        float[] basis = reader.ReadSingles((long)dimension * rank);
        double[] explainedVariance = reader.ReadDoubles(rank);
        bool hasScores = reader.ReadBoolean();
        var restored = new RestoredModel(
            dimension,
            rank,
            basis,
            explainedVariance,
            hasScores ? reader.ReadDoubles(rank) : null,
            hasScores ? reader.ReadSingles((long)rank * reader.ReadCount("number of score directions")) : null,
            ReadPercentiles(reader),
            ReadPercentiles(reader));
        return endsWithCalibration ? restored : restored with
        {
            Normalizes = reader.ReadBoolean(),
            CalibrationRowCount = reader.ReadInt64(),
            Spectrum = reader.ReadBoolean() ? reader.ReadDoubles(dimension) : null,
            TrainingRowCount = reader.ReadInt64(),
        };
    }

    /// <summary>Percentiles, or that there are none.</summary>
    public static void WritePercentiles(SealedWriter writer, EmpiricalDistribution? distribution)
    {
        ReadOnlySpan<float> percentiles = distribution is null ? [] : distribution.Percentiles;
        writer.Write(percentiles.Length);
        writer.Write(percentiles);
    }

    /// <summary>Reads what <see cref="WritePercentiles"/> wrote.</summary>
    public static float[]? ReadPercentiles(SealedReader reader) =>
        reader.ReadCount("number of percentiles") is > 0 and var count ? reader.ReadSingles(count) : null;
}
