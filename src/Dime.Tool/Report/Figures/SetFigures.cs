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

    /// <summary>The figures of sets, each compared with the one in distribution where there is one.</summary>
    /// <param name="sets">The sets, of at least one row each; at most one is in distribution.</param>
    /// <returns>Their figures, the set in distribution first.</returns>
    public static IReadOnlyList<SetFigures> Of(IReadOnlyList<ScoredSet> sets)
    {
        ScoredSet? inDistribution = sets.FirstOrDefault(set => set.Role == SetRole.InDistribution);
        IEnumerable<ScoredSet> first = inDistribution is null ? [] : [inDistribution];
        IEnumerable<ScoredSet> others = sets.Where(set => set.Role == SetRole.OutOfDistribution);

        // Slot 0 is the in-distribution set's own, so that colours mean the same in every report.
        return [.. first.Select(set => Of(set, null, 0)), .. others.Select((set, i) => Of(set, inDistribution, i + 1))];
    }

    private static SetFigures Of(ScoredSet set, ScoredSet? inDistribution, int slot)
    {
        float[] sorted = [.. set.Distances];
        Array.Sort(sorted);
        int finite = Array.FindIndex(sorted, float.IsPositiveInfinity);
        return new SetFigures(
            set,
            sorted,
            finite < 0 ? sorted.Length : finite,
            set.Distances.Where(float.IsFinite).Select(distance => (double)distance).DefaultIfEmpty(double.NaN).Average(),
            (sorted[(sorted.Length - 1) / 2] + (double)sorted[sorted.Length / 2]) / 2,
            inDistribution is null ? null : OutOfDistributionMetrics.Compute(inDistribution.Distances, set.Distances),
            slot);
    }
}
