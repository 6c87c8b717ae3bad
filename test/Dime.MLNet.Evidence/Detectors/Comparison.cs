using Dime.MLNet.Evidence.Data;

namespace Dime.MLNet.Evidence.Detectors;

/// <summary>How well each detector tells each set from rows in distribution.</summary>
/// <param name="Bench">The detectors.</param>
/// <param name="Sets">The sets, and what was found in them, in the order in which they are shown.</param>
/// <param name="TestCount">The number of rows in distribution.</param>
/// <param name="TestFlagged">The share of them that DIME and the ensemble flag.</param>
internal sealed record Comparison(DetectorBench Bench, IReadOnlyList<SetResult> Sets, int TestCount, (double Dime, double Ensemble) TestFlagged)
{
    public static Comparison Of(DetectorBench bench, FeatureRows test, IReadOnlyList<EvidenceSet> sets)
    {
        IReadOnlyList<float[]> inDistribution = bench.Score(test);
        return new Comparison(bench, [.. sets.OrderBy(set => set.Kind).Select(Measure)], test.Count, bench.Flagged(test));

        SetResult Measure(EvidenceSet set)
        {
            IReadOnlyList<float[]> scores = bench.Score(set.Rows);
            OutOfDistributionMetrics[] metrics = [.. scores.Zip(inDistribution, (outside, inside) => OutOfDistributionMetrics.Compute(inside, outside))];
            return new SetResult(
                set.Name,
                set.Kind,
                set.Rows.Count,
                [.. metrics.Select(found => found.AreaUnderRocCurve)],
                [.. metrics.Select(found => found.FalsePositiveRateAt95TruePositiveRate)],
                bench.Flagged(set.Rows));
        }
    }

    /// <summary>The kinds of sets that there are, in their order.</summary>
    public IReadOnlyList<SetKind> Kinds => [.. Sets.Select(set => set.Kind).Distinct()];

    /// <summary>The mean over the sets of a kind.</summary>
    public double Mean(SetKind kind, Func<SetResult, double> figure) => Sets.Where(set => set.Kind == kind).Average(figure);
}

/// <summary>What was found in a set; lists have an item for each detector.</summary>
/// <param name="Name">The set.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Count">The number of its rows.</param>
/// <param name="Auroc">From 0 to 1.</param>
/// <param name="Fpr95">From 0 to 1.</param>
/// <param name="Flagged">The share of rows that DIME and the ensemble flag.</param>
internal sealed record SetResult(
    string Name, SetKind Kind, int Count, IReadOnlyList<double> Auroc, IReadOnlyList<double> Fpr95, (double Dime, double Ensemble) Flagged);
