using Dime.MLNet;

namespace Dime.Tool.Report.Figures;

/// <summary>What a report is about.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Created">When the report was made.</param>
/// <param name="Embedding">The detector; its probabilities and limit are left out where it is not calibrated.</param>
/// <param name="OutlierProbability">The probability from which on rows are flagged.</param>
/// <param name="NetworkFile">The network that is monitored; null where embeddings came from elsewhere.</param>
/// <param name="TensorName">The tensor that is monitored.</param>
/// <param name="Sets">The scored sets, in the order to show; at most one is in distribution.</param>
internal sealed record ReportContent(
    string Title,
    DateTimeOffset Created,
    ModelledEmbedding Embedding,
    double OutlierProbability,
    string? NetworkFile,
    string? TensorName,
    IReadOnlyList<ScoredSet> Sets)
{
    /// <summary>Refuses what could only give a wrong or misleading report.</summary>
    /// <exception cref="ArgumentException">The message names the set, and the row where there is one.</exception>
    public void Check()
    {
        if (Sets.Count(set => set.Role == SetRole.InDistribution) > 1)
        {
            throw new ArgumentException(
                $"A report compares with one in-distribution set, and there are several: {string.Join(", ", Sets.Where(set => set.Role == SetRole.InDistribution).Select(set => $"'{set.Name}'"))}. Join them, or give one.");
        }

        if (Sets.GroupBy(set => set.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two sets are named '{twice.Key}'; a report tells them apart by name. Name one differently.");
        }

        foreach (ScoredSet set in Sets)
        {
            Check(set);
        }
    }

    private void Check(ScoredSet set)
    {
        if (set.Distances.Length == 0)
        {
            throw new ArgumentException($"The set '{set.Name}' has no rows to report on; leave it out, or look whether its files were found.");
        }

        int row = Array.FindIndex(set.Distances, float.IsNaN);
        if (row >= 0)
        {
            throw new ArgumentException($"The distance of row {row} (counted from 0) of the set '{set.Name}' is NaN; score the set again.");
        }

        if (Embedding.IsCalibrated && set.Probabilities.Length != set.Distances.Length)
        {
            throw new ArgumentException(
                $"The set '{set.Name}' has {set.Probabilities.Length} probabilities for {set.Distances.Length} distances; score it with the calibrated model of the report.");
        }
    }
}
