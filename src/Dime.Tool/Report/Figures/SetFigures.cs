using Dime.MLNet;

namespace Dime.Tool.Report.Figures;

/// <summary>The figures of one set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Sorted">Its distances in ascending order; +∞ last.</param>
/// <param name="FiniteCount">How many of them are finite.</param>
/// <param name="MeanDistance">The mean of the finite ones; NaN where there are none.</param>
/// <param name="MedianDistance">The median of all, +∞ included.</param>
/// <param name="Metrics">How well the set is told from the in-distribution set; null where there is nothing to compare.</param>
/// <param name="Slot">The number of the set's colour and line.</param>
internal sealed record SetFigures(
    ScoredSet Set,
    float[] Sorted,
    int FiniteCount,
    double MeanDistance,
    double MedianDistance,
    OutOfDistributionMetrics? Metrics,
    int Slot)
{
    public string Name => Set.Name;

    public int RowCount => Sorted.Length;

    public int NotFiniteCount => RowCount - FiniteCount;

    public double FlaggedShare => Set.FlaggedCount / (double)RowCount;

    public ReadOnlySpan<float> Finite => Sorted.AsSpan(0, FiniteCount);

    public static SetFigures Of(ScoredSet set, ScoredSet? inDistribution, int slot)
    {
        float[] sorted = [.. set.Distances];
        Array.Sort(sorted);
        int finite = Array.FindIndex(sorted, float.IsPositiveInfinity);
        finite = finite < 0 ? sorted.Length : finite;

        double sum = 0;
        foreach (float distance in sorted.AsSpan(0, finite))
        {
            sum += distance;
        }

        return new SetFigures(
            set,
            sorted,
            finite,
            sum / finite,
            (sorted[(sorted.Length - 1) / 2] + (double)sorted[sorted.Length / 2]) / 2,
            inDistribution is null || set.Role == SetRole.InDistribution ? null : OutOfDistributionMetrics.Compute(inDistribution.Distances, set.Distances),
            slot);
    }
}
