using Dime.MLNet.Serialization;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>A <see cref="ModelledEnsemble"/> as numbers in a file.</summary>
internal static class EnsembleFormat
{
    private const int FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "DIMEENSM"u8;

    /// <summary>A file of its own.</summary>
    public static void Save(Stream stream, ModelledEnsemble model)
    {
        using var writer = new SealedWriter(stream, Magic, FormatVersion);
        Write(writer, model);
        writer.Seal();
    }

    public static ModelledEnsemble Load(Stream stream)
    {
        using var reader = new SealedReader(stream, Magic, FormatVersion, "modelled ensemble");
        RestoredEnsemble restored = Read(reader);
        reader.CheckSeal();
        return restored.ToModel(reader.Invalid);
    }

    /// <summary>A part of a file.</summary>
    public static void Write(SealedWriter writer, ModelledEnsemble model)
    {
        Write(writer, model.Layout, model.Scores);
        Write(writer, model.ClassNames);
        Write(writer, model.LeftOutClassNames);
        foreach (IScoreModel part in model.Models)
        {
            Write(writer, part);
        }

        writer.Write(model.Calibration is not null);
        if (model.Calibration is { } calibration)
        {
            Write(writer, calibration);
        }
    }

    /// <summary>Reads what <see cref="Write(SealedWriter, ModelledEnsemble)"/> wrote, to be believed only once the seal and its parts are checked.</summary>
    public static RestoredEnsemble Read(SealedReader reader)
    {
        (EmbeddingLayout layout, OutOfDistributionScore[] scores, ScoreGroup[] groups) = ReadScores(reader);
        return new RestoredEnsemble(
            layout,
            scores,
            groups,
            reader.ReadAll("number of classes", reader.ReadName),
            reader.ReadAll("number of classes", reader.ReadName),
            [.. groups.Select(group => ReadPart(reader, group))],
            reader.ReadBoolean() ? ReadCalibration(reader, scores.Length) : null);
    }

    /// <summary>The columns of a row, and what is measured of them.</summary>
    public static void Write(SealedWriter writer, EmbeddingLayout layout, IReadOnlyList<OutOfDistributionScore> scores)
    {
        writer.Write(layout.Count);
        foreach (EmbeddingColumn column in layout)
        {
            writer.Write(column.Name);
            writer.Write(column.Dimension);
        }

        writer.Write(scores.Count);
        foreach (OutOfDistributionScore score in scores)
        {
            Write(writer, score);
        }
    }

    /// <summary>Reads what <see cref="Write(SealedWriter, EmbeddingLayout, IReadOnlyList{OutOfDistributionScore})"/> wrote.</summary>
    public static (EmbeddingLayout Layout, OutOfDistributionScore[] Scores, ScoreGroup[] Groups) ReadScores(SealedReader reader)
    {
        (string, int)[] columns = reader.ReadAll("number of columns", () => (reader.ReadName(), reader.ReadCount("dimension", minimum: 1)));
        OutOfDistributionScore[] scores = reader.ReadAll("number of scores", () => ReadScore(reader));
        EmbeddingLayout layout = RestoredEnsemble.ToLayout(columns, reader.Invalid);
        return (layout, scores, RestoredEnsemble.ToGroups(layout, scores, reader.Invalid));
    }

    private static void Write(SealedWriter writer, OutOfDistributionScore score)
    {
        writer.Write((int)score.Kind);
        writer.Write(score.ColumnName);
        writer.Write(score.Weight);
        writer.Write(score.Normalize);
        writer.Write(score.Rank ?? 0);
    }

    private static OutOfDistributionScore ReadScore(SealedReader reader) => RestoredEnsemble.ToScore(
        reader.ReadInt32(), reader.ReadName(), reader.ReadDouble(), reader.ReadBoolean(), reader.ReadCount("rank of a score"), reader.Invalid);

    private static void Write(SealedWriter writer, IReadOnlyList<string> names)
    {
        writer.Write(names.Count);
        foreach (string name in names)
        {
            writer.Write(name);
        }
    }

    private static void Write(SealedWriter writer, IScoreModel part)
    {
        switch (part)
        {
            case HyperplaneScores hyperplane:
                EmbeddingFormat.Write(writer, hyperplane.Embedding);
                break;
            case MahalanobisModel mahalanobis:
                Write(writer, mahalanobis);
                break;
            default:
                // The others have nothing that was fitted.
                break;
        }
    }

    private static void Write(SealedWriter writer, MahalanobisModel model)
    {
        writer.Write(model.Whitening.Rank);
        writer.Write(model.Whitening.Mean);
        writer.Write(model.Whitening.Deviation);
        writer.Write((model.Whitening.Basis?.Length ?? 0) / model.Whitening.Dimension);
        writer.Write(model.Whitening.Basis ?? []);
        writer.Write(model.Whitening.Matrix);
        writer.Write(model.Classes?.Count ?? 0);
        writer.Write(model.Classes?.Means ?? []);
        writer.Write(model.TotalPrecisions is not null);
        writer.Write(model.TotalPrecisions ?? []);
        if (model.Residuals is not null)
        {
            writer.Write(model.Residuals.Total);
            writer.Write(model.Residuals.Within);
        }

        writer.Write(model.Rows?.Count ?? 0);
        writer.Write(model.Rows?.LargestRatio ?? 1);
    }

    private static RestoredScoreModel ReadPart(SealedReader reader, ScoreGroup group) => group.Family switch
    {
        ScoreFamily.Hyperplane => new RestoredScoreModel { Hyperplane = EmbeddingFormat.Read(reader) },
        ScoreFamily.Mahalanobis => new RestoredScoreModel { Mahalanobis = ReadMahalanobis(reader, group.Column.Dimension) },
        _ => new RestoredScoreModel(),
    };

    private static RestoredMahalanobis ReadMahalanobis(SealedReader reader, int dimension)
    {
        int rank = reader.ReadCount("rank", minimum: 1);
        double[] mean = reader.ReadDoubles(dimension);
        double[] deviation = reader.ReadDoubles(dimension);
        int basisRank = reader.ReadCount("rank of a basis");
        float[]? basis = basisRank == 0 ? null : reader.ReadSingles((long)dimension * basisRank);
        float[] matrix = reader.ReadSingles((long)(basis is null ? dimension : basisRank) * rank);
        int classCount = reader.ReadCount("number of class means");
        float[] classMeans = reader.ReadSingles((long)classCount * rank);
        return new RestoredMahalanobis(
            mean,
            deviation,
            basis,
            matrix,
            classCount == 0 ? null : classMeans,
            reader.ReadBoolean() ? reader.ReadDoubles(rank) : null,
            basis is null ? null : new ResidualPrecisions(reader.ReadDouble(), reader.ReadDouble()),
            new CovarianceRows(reader.ReadInt64(), reader.ReadDouble()));
    }

    private static void Write(SealedWriter writer, EnsembleCalibration calibration)
    {
        writer.Write(calibration.Count);
        foreach (ScoreCalibration score in calibration.Scores)
        {
            EmbeddingFormat.WritePercentiles(writer, score.Percentiles);
            writer.Write(score.TailStart);
            writer.Write(score.MeanExcess);
        }

        EmbeddingFormat.WritePercentiles(writer, calibration.Statistic);
    }

    private static RestoredCalibration ReadCalibration(SealedReader reader, int scoreCount)
    {
        long count = reader.ReadInt64();
        var scores = new (float[], double, double)[scoreCount];
        for (int i = 0; i < scoreCount; i++)
        {
            scores[i] = (ReadPercentiles(reader), reader.ReadDouble(), reader.ReadDouble());
        }

        return new RestoredCalibration(count, scores, ReadPercentiles(reader));
    }

    private static float[] ReadPercentiles(SealedReader reader) => EmbeddingFormat.ReadPercentiles(reader) ?? throw reader.Invalid("it has no percentiles");
}
