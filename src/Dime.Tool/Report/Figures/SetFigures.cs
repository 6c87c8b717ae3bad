using Dime.MLNet;

namespace Dime.Tool.Report.Figures;

/// <summary>The figures of one set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Sorted">Its distances in ascending order; +∞ last.</param>
/// <param name="FiniteCount">How many of them are finite.</param>
/// <param name="MeanDistance">The mean of the finite ones; NaN where there are none.</param>
/// <param name="MedianDistance">The median of all, +∞ included.</param>
/// <param name="Metrics">How well the set is told from the in-distribution set; null where there is nothing to compare.</param>
/// <param name="Slot">The number of the set's colour and line in plots; null where plots leave it out.</param>
internal sealed record SetFigures(
    ScoredSet Set,
    float[] Sorted,
    int FiniteCount,
    double MeanDistance,
    double MedianDistance,
    OutOfDistributionMetrics? Metrics,
    int? Slot)
{
    // Lines of five colours, whole and dashed; more than that nobody can tell apart.
    private const int MostPlotted = 10;

    /// <summary>For each score of an ensemble how well it alone tells the set from the one in distribution (AUROC); empty where there is nothing to compare.</summary>
    public IReadOnlyList<double> ScoreAreas { get; init; } = [];

    /// <summary>Its name as far as there is room for it.</summary>
    public string Name => NumberText.Shortened(Set.Name);

    public int RowCount => Sorted.Length;

    public int NotFiniteCount => RowCount - FiniteCount;

    /// <summary>Null where the model is not calibrated.</summary>
    public double? FlaggedShare => Set.FlaggedCount / (double)RowCount;

    public ReadOnlySpan<float> Finite => Sorted.AsSpan(0, FiniteCount);

    /// <summary>The figures of sets, each compared with the one in distribution where there is one.</summary>
    /// <param name="sets">The sets, of at least one row each; at most one is in distribution.</param>
    /// <returns>Their figures, the set in distribution first.</returns>
    public static IReadOnlyList<SetFigures> Of(IReadOnlyList<ScoredSet> sets)
    {
        ScoredSet? inDistribution = sets.FirstOrDefault(set => set.Role == SetRole.InDistribution);
        SetFigures[] others = [.. sets.Where(set => set.Role == SetRole.OutOfDistribution).Select(set => Of(set, inDistribution, slot: null))];
        int[] hardest = [.. Enumerable.Range(0, others.Length).OrderBy(i => others[i].Metrics?.AreaUnderRocCurve).Take(MostPlotted).Order()];

        // Slot 0 is the in-distribution set's own, so that colours mean the same in every report.
        for (int slot = 1; slot <= hardest.Length; slot++)
        {
            others[hardest[slot - 1]] = others[hardest[slot - 1]] with { Slot = slot };
        }

        IEnumerable<ScoredSet> first = inDistribution is null ? [] : [inDistribution];
        return [.. first.Select(set => Of(set, null, slot: 0)), .. others];
    }

    private static SetFigures Of(ScoredSet set, ScoredSet? inDistribution, int? slot)
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
            slot)
        {
            ScoreAreas = inDistribution is null
                ? []
                : [.. inDistribution.ScoreProbabilities.Zip(set.ScoreProbabilities, (inside, outside) => OutOfDistributionMetrics.Compute(inside, outside).AreaUnderRocCurve)],
        };
    }
}
