using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>Restores ensembles, and trusts nothing in the file.</summary>
internal static class EnsembleReader
{
    /// <summary>Checks what needs no weights.</summary>
    /// <exception cref="InvalidDataException">There is no ensemble of such columns and scores.</exception>
    public static void Check(EnsembleDescription description, DetectorWeights weights) => Define(description, weights);

    /// <exception cref="InvalidDataException">No fit can have given what is described, or the graph does not have it.</exception>
    public static ModelledEnsemble Read(EnsembleDescription description, float[] statistic, DetectorWeights weights)
    {
        (EmbeddingLayout layout, OutOfDistributionScore[] scores, ScoreGroup[] groups) = Define(description, weights);
        weights.Require(description.Parts.Length == groups.Length, "a part of it is missing");
        return new RestoredEnsemble(
            layout,
            scores,
            groups,
            description.ClassNames,
            description.LeftOutClassNames,
            [.. description.Parts.Select(part => part.Read(weights))],
            ReadCalibration(description, statistic, weights)).ToModel(weights.Invalid);
    }

    private static (EmbeddingLayout Layout, OutOfDistributionScore[] Scores, ScoreGroup[] Groups) Define(EnsembleDescription description, DetectorWeights weights)
    {
        EmbeddingLayout layout = RestoredEnsemble.ToLayout([.. description.Columns.Select(column => (column.Name, column.Dimension))], weights.Invalid);
        OutOfDistributionScore[] scores = [.. description.Scores.Select(score => ToScore(score, weights))];
        ScoreGroup[] groups = RestoredEnsemble.ToGroups(layout, scores, weights.Invalid);
        HashSet<string> read = [.. groups.Select(group => group.Column.Name)];
        foreach (EnsembleColumnDescription column in description.Columns)
        {
            weights.Require(read.Contains(column.Name) == column.Tensor is not null, $"column '{column.Name}' has a tensor that no score reads, or none");
        }

        return (layout, scores, groups);
    }

    private static OutOfDistributionScore ToScore(EnsembleScoreDescription described, DetectorWeights weights)
    {
        // 0 stands for none there, and is none.
        weights.Require(described.Rank != 0, "one of its scores has the rank 0");
        OutOfDistributionScore score = RestoredEnsemble.ToScore(
            (int)described.Kind, described.Column, described.Weight, described.Normalize, described.Rank ?? 0, weights.Invalid);
        weights.Require(score.Name == described.Name, $"it calls {score.Name} '{described.Name}'");
        return score;
    }

    private static RestoredCalibration ReadCalibration(EnsembleDescription description, float[] statistic, DetectorWeights weights)
    {
        int count = description.Scores.Length;
        float[][]? percentiles = PercentileLookup.Read(weights.Find(description.Percentiles), description.PercentileCount, count);
        weights.Require(percentiles is not null, "the percentiles of its scores are missing or not as many as it says");
        double[] starts = weights.Doubles(description.TailStarts);
        double[] excesses = weights.Doubles(description.NegativeExcesses);
        weights.Require(starts.Length == count && excesses.Length == count, "the tails of its scores are missing or not as many as these");
        return new RestoredCalibration(
            description.CalibrationRowCount, [.. percentiles.Select((values, i) => (values, starts[i], -excesses[i]))], statistic);
    }
}
