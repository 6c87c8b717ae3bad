using System.Globalization;

namespace Dime.MLNet.Tests.Evaluation;

[TestClass]
public sealed class OutOfDistributionMetricsTests
{
    private const double Tolerance = 1e-12;

    [TestMethod]
    public void Perfect_separation_is_the_best_of_every_metric()
    {
        var metrics = OutOfDistributionMetrics.Compute([1, 3, 2], [5, 4]);

        AssertMetrics(metrics, roc: 1, outPositive: 1, inPositive: 1, fpr95: 0, threshold: 3, error: 0);
        Assert.AreEqual(3, metrics.InDistributionRowCount);
        Assert.AreEqual(2, metrics.OutOfDistributionRowCount);
    }

    [TestMethod]
    public void Complete_inversion_is_the_worst_of_every_metric()
    {
        // Ranked as out of distribution: in, in, in, out, out; hence 1/2·(1/4 + 2/5), and 1/3·(1/3 + 2/4 + 3/5) the other way.
        AssertMetrics(
            OutOfDistributionMetrics.Compute([4, 5, 3], [2, 1]),
            roc: 0, outPositive: 0.325, inPositive: 43 / 90.0, fpr95: 1, threshold: 5, error: 0.5);
    }

    [TestMethod]
    public void Equal_scores_are_chance()
    {
        AssertMetrics(
            OutOfDistributionMetrics.Compute([7, 7, 7], [7]),
            roc: 0.5, outPositive: 0.25, inPositive: 0.75, fpr95: 1, threshold: 7, error: 0.5);
    }

    [TestMethod]
    public void Single_rows_are_enough()
    {
        AssertMetrics(OutOfDistributionMetrics.Compute([1], [2]), roc: 1, outPositive: 1, inPositive: 1, fpr95: 0, threshold: 1, error: 0);
        AssertMetrics(OutOfDistributionMetrics.Compute([2], [1]), roc: 0, outPositive: 0.5, inPositive: 0.5, fpr95: 1, threshold: 2, error: 0.5);
    }

    [TestMethod]
    public void Ties_are_counted_half_and_form_one_threshold()
    {
        // Pairs: (2,2) tie, (2,1) win, (3,2) win, (3,1) win: 3.5 of 4. Rejecting only 3 errs on half of one kind.
        AssertMetrics(
            OutOfDistributionMetrics.Compute([1, 2], [2, 3]),
            roc: 0.875, outPositive: 5 / 6.0, inPositive: 5 / 6.0, fpr95: 0.5, threshold: 2, error: 0.25);
    }

    [TestMethod]
    public void Zero_and_negative_zero_are_tied()
    {
        Assert.AreEqual(0.5, OutOfDistributionMetrics.Compute([0f, -0f], [-0f, 0f]).AreaUnderRocCurve);
    }

    [TestMethod]
    public void The_example_of_the_scikit_learn_documentation_agrees()
    {
        // y_true = [0, 0, 1, 1], y_score = [0.1, 0.4, 0.35, 0.8]: roc_auc_score 0.75, average_precision_score 0.8333….
        AssertMetrics(
            OutOfDistributionMetrics.Compute([0.1f, 0.4f], [0.35f, 0.8f]),
            roc: 0.75, outPositive: 5 / 6.0, inPositive: 5 / 6.0, fpr95: 0.5, threshold: 0.4f, error: 0.25);
    }

    [TestMethod]
    [DataRow(19, 19)]
    [DataRow(20, 19)]
    [DataRow(21, 20)]
    [DataRow(40, 38)]
    [DataRow(100, 95)]
    [DataRow(101, 96)]
    [DataRow(2000, 1900)]
    public void Threshold_accepts_at_least_95_percent_and_no_row_more(int rows, int accepted)
    {
        float[] scores = [.. Enumerable.Range(1, rows).Reverse().Select(i => (float)i)];

        var metrics = OutOfDistributionMetrics.Compute(scores, scores);

        Assert.AreEqual(accepted, metrics.ThresholdAt95TruePositiveRate);
        Assert.AreEqual((double)accepted / rows, metrics.FalsePositiveRateAt95TruePositiveRate, Tolerance);
    }

    [TestMethod]
    [DataRow(1, 200, 300, 4)]
    [DataRow(2, 300, 20, 12)]
    [DataRow(3, 37, 411, 60)]
    [DataRow(4, 250, 250, 100_000)]
    public void Metrics_agree_with_enumerating_all_pairs_and_thresholds(int seed, int inCount, int outCount, int levels)
    {
        float[] inScores = RandomScores(seed, inCount, levels, shift: 0);
        float[] outScores = RandomScores(seed + 100, outCount, levels, shift: levels / 4);

        var metrics = OutOfDistributionMetrics.Compute(inScores, outScores);

        AssertEnumerated(metrics, inScores, outScores);
    }

    [TestMethod]
    public void Infinite_scores_rank_at_the_ends()
    {
        float[] inScores = [1, 2, float.PositiveInfinity, float.NegativeInfinity, 3];
        float[] outScores = [float.PositiveInfinity, 2.5f, float.PositiveInfinity, float.NegativeInfinity];

        var metrics = OutOfDistributionMetrics.Compute(inScores, outScores);

        // Of 20 pairs: each +∞ wins 4 and ties 1, 2.5 wins 3, -∞ ties 1.
        Assert.AreEqual(12.5 / 20, metrics.AreaUnderRocCurve, Tolerance);
        Assert.AreEqual(float.PositiveInfinity, metrics.ThresholdAt95TruePositiveRate);
        Assert.AreEqual(1, metrics.FalsePositiveRateAt95TruePositiveRate);
        AssertEnumerated(metrics, inScores, outScores);
    }

    [TestMethod]
    public void Infinite_scores_out_of_distribution_are_told_apart_perfectly()
    {
        AssertMetrics(
            OutOfDistributionMetrics.Compute([1, float.MaxValue], [float.PositiveInfinity, float.PositiveInfinity]),
            roc: 1, outPositive: 1, inPositive: 1, fpr95: 0, threshold: float.MaxValue, error: 0);
    }

    [TestMethod]
    public void Order_of_rows_does_not_matter_and_the_scores_are_left_as_they_were()
    {
        float[] inScores = [3, 1, 2];
        float[] outScores = [4, 2];

        var metrics = OutOfDistributionMetrics.Compute(inScores, outScores);

        Assert.AreEqual(OutOfDistributionMetrics.Compute([1, 2, 3], [2, 4]).ToString(), metrics.ToString());
        CollectionAssert.AreEqual(new float[] { 3, 1, 2 }, inScores);
        CollectionAssert.AreEqual(new float[] { 4, 2 }, outScores);
    }

    [TestMethod]
    public void Pairs_beyond_32_bits_are_counted()
    {
        // 200 000² pairs; the in-distribution scores are 0…n-1, and each out-of-distribution score equals one of them.
        float[] scores = [.. Enumerable.Range(0, 200_000).Select(i => (float)i)];

        var metrics = OutOfDistributionMetrics.Compute(scores, scores);

        Assert.AreEqual(0.5, metrics.AreaUnderRocCurve, Tolerance);
        Assert.AreEqual(0.95, metrics.FalsePositiveRateAt95TruePositiveRate, Tolerance);
        Assert.AreEqual(0.5, metrics.DetectionError, Tolerance);
    }

    [TestMethod]
    public void NaN_is_rejected_with_its_set_and_row()
    {
        ArgumentException inside = Assert.ThrowsExactly<ArgumentException>(() => OutOfDistributionMetrics.Compute([1, 2, float.NaN], [1]));
        Assert.AreEqual("inDistributionScores", inside.ParamName);
        StringAssert.Contains(inside.Message, "in-distribution score of row 2 ");

        ArgumentException outside = Assert.ThrowsExactly<ArgumentException>(() => OutOfDistributionMetrics.Compute([1], [1, float.NaN]));
        Assert.AreEqual("outOfDistributionScores", outside.ParamName);
        StringAssert.Contains(outside.Message, "out-of-distribution score of row 1 ");
    }

    [TestMethod]
    public void Empty_sets_are_rejected_by_name()
    {
        ArgumentException inside = Assert.ThrowsExactly<ArgumentException>(() => OutOfDistributionMetrics.Compute([], [1]));
        Assert.AreEqual("inDistributionScores", inside.ParamName);
        StringAssert.Contains(inside.Message, "no in-distribution scores");

        ArgumentException outside = Assert.ThrowsExactly<ArgumentException>(() => OutOfDistributionMetrics.Compute([1], []));
        Assert.AreEqual("outOfDistributionScores", outside.ParamName);
        StringAssert.Contains(outside.Message, "no out-of-distribution scores");
    }

    [TestMethod]
    public void Summary_is_one_line_in_the_invariant_culture()
    {
        CultureInfo previous = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NumberDecimalSeparator = "," } };

            Assert.AreEqual(
                "AUROC 0.8750, AUPR-out 0.8333, AUPR-in 0.8333, FPR95 0.5000, detection error 0.2500 (2 in, 2 out)",
                OutOfDistributionMetrics.Compute([1, 2], [2, 3]).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

    private static float[] RandomScores(int seed, int count, int levels, int shift)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.Next(levels) + shift))];
    }

    private static void AssertEnumerated(OutOfDistributionMetrics metrics, float[] inScores, float[] outScores)
    {
        AssertMetrics(
            metrics,
            roc: EnumeratedMetrics.AreaUnderRocCurve(inScores, outScores),
            outPositive: EnumeratedMetrics.AveragePrecision(outScores, inScores),
            inPositive: EnumeratedMetrics.AveragePrecision([.. inScores.Select(s => -s)], [.. outScores.Select(s => -s)]),
            fpr95: EnumeratedMetrics.FalsePositiveRateAt95TruePositiveRate(inScores, outScores),
            threshold: EnumeratedMetrics.ThresholdAt95TruePositiveRate(inScores, outScores),
            error: EnumeratedMetrics.DetectionError(inScores, outScores));
    }

    private static void AssertMetrics(
        OutOfDistributionMetrics metrics, double roc, double outPositive, double inPositive, double fpr95, float threshold, double error)
    {
        Assert.AreEqual(roc, metrics.AreaUnderRocCurve, Tolerance, "AUROC");
        Assert.AreEqual(outPositive, metrics.AreaUnderPrecisionRecallCurveOutOfDistribution, Tolerance, "AUPR-out");
        Assert.AreEqual(inPositive, metrics.AreaUnderPrecisionRecallCurveInDistribution, Tolerance, "AUPR-in");
        Assert.AreEqual(fpr95, metrics.FalsePositiveRateAt95TruePositiveRate, Tolerance, "FPR95");
        Assert.AreEqual(threshold, metrics.ThresholdAt95TruePositiveRate, "threshold");
        Assert.AreEqual(error, metrics.DetectionError, Tolerance, "detection error");
    }
}
