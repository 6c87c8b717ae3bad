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
        ModelledEmbedding model = Read(reader);
        reader.CheckSeal();
        return model;
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

        Write(writer, model.Distances);
        Write(writer, model.WithinDistances);
    }

    public static ModelledEmbedding Read(SealedReader reader)
    {
        int dimension = reader.ReadCount("dimension", minimum: 1);
        int rank = reader.ReadCount("rank", minimum: 1);
        if (rank > dimension)
        {
            throw reader.Invalid($"its rank is {rank}, above its dimension {dimension}");
        }

        float[] basis = reader.ReadSingles((long)dimension * rank);
        double[] explainedVariance = reader.ReadDoubles(rank);
        ScoreDistribution? scores = reader.ReadBoolean() ? ReadScores(reader, rank) : null;
        EmpiricalDistribution? distances = ReadDistribution(reader);
        EmpiricalDistribution? withinDistances = ReadDistribution(reader);
        return new ModelledEmbedding(basis, dimension, explainedVariance, scores, distances, withinDistances);
    }

    private static ScoreDistribution ReadScores(SealedReader reader, int rank)
    {
        double[] mean = reader.ReadDoubles(rank);
        int kept = reader.ReadCount("number of score directions");
        return kept <= rank
            ? new ScoreDistribution(mean, reader.ReadSingles((long)rank * kept))
            : throw reader.Invalid($"it keeps {kept} of {rank} score directions");
    }

    private static void Write(SealedWriter writer, EmpiricalDistribution? distribution)
    {
        ReadOnlySpan<float> percentiles = distribution is null ? [] : distribution.Percentiles;
        writer.Write(percentiles.Length);
        writer.Write(percentiles);
    }

    private static EmpiricalDistribution? ReadDistribution(SealedReader reader)
    {
        int count = reader.ReadCount("number of percentiles");
        return count switch
        {
            0 => null,
            1 => throw reader.Invalid("it has a single percentile"),
            _ => new EmpiricalDistribution(reader.ReadSingles(count)),
        };
    }
}
