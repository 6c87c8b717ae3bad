using Dime.MLNet.Serialization;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>An <see cref="EnsembleAccumulator"/> as a part of a file.</summary>
internal static class EnsembleSumsFormat
{
    public static void Write(SealedWriter writer, EnsembleAccumulator sums)
    {
        EnsembleFormat.Write(writer, sums.Layout, sums.Scores);
        writer.Write(sums.LogitsColumnName);
        writer.Write(sums.Classes.Count);
        for (int c = 0; c < sums.Classes.Count; c++)
        {
            writer.Write(sums.Classes.Names[c]);
            writer.Write(sums.Classes[c]);
        }

        writer.Write(sums.Count);
        writer.Write(sums.SkippedCount);
        writer.Write(sums.UnclassifiedCount);
        writer.Write(sums.TotalWeight);
        foreach (ColumnSums column in sums.Columns)
        {
            Write(writer, column, sums.Classes.Count);
        }
    }

    /// <summary>Reads what <see cref="Write(SealedWriter, EnsembleAccumulator)"/> wrote, to be believed only once the seal and its parts are checked.</summary>
    public static RestoredEnsembleSums Read(SealedReader reader)
    {
        (EmbeddingLayout layout, OutOfDistributionScore[] scores, ScoreGroup[] groups) = EnsembleFormat.ReadScores(reader);
        string? logits = reader.ReadString();
        (string, double)[] classes = reader.ReadAll("number of classes", () => (reader.ReadName(), reader.ReadDouble()));
        return new RestoredEnsembleSums(
            layout,
            scores,
            logits,
            classes,
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadDouble(),
            [.. ColumnSums.Of(groups).Select(column => ReadColumn(reader, column, classes.Length))]);
    }

    private static void Write(SealedWriter writer, ColumnSums column, int classCount)
    {
        EmbeddingSumsFormat.Write(writer, column.Total);
        for (int c = 0; c < classCount && column.HasClasses; c++)
        {
            double[]? sum = column.SumsOfClasses.ElementAtOrDefault(c);
            writer.Write(sum is not null);
            writer.Write(sum ?? []);
        }
    }

    private static RestoredColumnSums ReadColumn(SealedReader reader, ColumnSums shape, int classCount)
    {
        RestoredSums total = EmbeddingSumsFormat.Read(reader);
        var sums = new List<double[]?>();
        while (shape.HasClasses && sums.Count < classCount)
        {
            sums.Add(reader.ReadBoolean() ? reader.ReadDoubles(shape.Column.Dimension) : null);
        }

        return new RestoredColumnSums(shape, total, sums);
    }
}
