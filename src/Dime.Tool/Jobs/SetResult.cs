using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Jobs;

/// <summary>What is said of a set in figures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What is known of its rows.</param>
/// <param name="Rows">Their number.</param>
/// <param name="MeanDistance">The mean of the distances that are finite; NaN where none is.</param>
/// <param name="FlaggedShare">The share of the rows that are flagged.</param>
/// <param name="Metrics">How well the set is told from the one in distribution; null for that one.</param>
internal sealed record SetResult(
    string Name,
    SetRole Role,
    long Rows,
    double MeanDistance,
    double FlaggedShare,
    SetMetrics? Metrics)
{
    /// <param name="set">The set.</param>
    /// <param name="inDistribution">What it is compared with; null where it is the same.</param>
    public static SetResult Of(ScoredSet set, ScoredSet? inDistribution) => new(
        set.Name,
        set.Role,
        set.Distances.Length,
        set.Distances.Where(float.IsFinite).Select(distance => (double)distance).DefaultIfEmpty(double.NaN).Average(),
        set.FlaggedCount / (double)set.Distances.Length,
        inDistribution is null ? null : SetMetrics.Of(OutOfDistributionMetrics.Compute(inDistribution.Distances, set.Distances)));
}
