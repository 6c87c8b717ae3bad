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
    /// <exception cref="NotSupportedException">The model normalises embeddings, which the format has no place for.</exception>
    public static void Write(SealedWriter writer, ModelledEmbedding model)
    {
        if (model.Normalizes)
        {
            throw new NotSupportedException(
                "A hyperplane of normalised embeddings cannot be saved: save its sums, an EmbeddingAccumulator, and fit them again.");
        }

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

        Write(writer, model.Distances);
        Write(writer, model.WithinDistances);
    }

    /// <summary>Reads what <see cref="Write(SealedWriter, ModelledEmbedding)"/> wrote, to be believed only once the seal and its parts are checked.</summary>
    public static RestoredModel Read(SealedReader reader)
    {
        int dimension = reader.ReadCount("dimension", minimum: 1);
        int rank = reader.ReadCount("rank", minimum: 1);
        float[] basis = reader.ReadSingles((long)dimension * rank);
        double[] explainedVariance = reader.ReadDoubles(rank);
        bool hasScores = reader.ReadBoolean();
        return new RestoredModel(
            dimension,
            rank,
            basis,
            explainedVariance,
            hasScores ? reader.ReadDoubles(rank) : null,
            hasScores ? reader.ReadSingles((long)rank * reader.ReadCount("number of score directions")) : null,
            ReadPercentiles(reader),
            ReadPercentiles(reader));
    }

    private static void Write(SealedWriter writer, EmpiricalDistribution? distribution)
    {
        ReadOnlySpan<float> percentiles = distribution is null ? [] : distribution.Percentiles;
        writer.Write(percentiles.Length);
        writer.Write(percentiles);
    }

    private static float[]? ReadPercentiles(SealedReader reader) =>
        reader.ReadCount("number of percentiles") is > 0 and var count ? reader.ReadSingles(count) : null;
}
