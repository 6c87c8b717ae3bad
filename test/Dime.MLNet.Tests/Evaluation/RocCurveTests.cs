namespace Dime.MLNet.Tests.Evaluation;

[TestClass]
public sealed class RocCurveTests
{
    private const double Tolerance = 1e-12;

    [TestMethod]
    public void The_example_of_the_scikit_learn_documentation_agrees()
    {
        // roc_curve([1, 1, 0, 0], [-0.1, -0.4, -0.35, -0.8]): fpr 0, 0, 0.5, 0.5, 1; tpr 0, 0.5, 0.5, 1, 1.
        IReadOnlyList<RocPoint> curve = OutOfDistributionMetrics.Compute([0.1f, 0.4f], [0.35f, 0.8f]).RocCurve;

        CollectionAssert.AreEqual(
            new RocPoint[] { new(0, 0, float.NegativeInfinity), new(0, 0.5, 0.1f), new(0.5, 0.5, 0.35f), new(0.5, 1, 0.4f), new(1, 1, 0.8f) },
            curve.ToArray());
    }

    [TestMethod]
    public void Perfect_separation_has_one_corner_at_the_threshold_that_separates()
    {
        IReadOnlyList<RocPoint> curve = OutOfDistributionMetrics.Compute([1, 2, 3], [4, 5, 6, 7]).RocCurve;

        CollectionAssert.AreEqual(new RocPoint[] { new(0, 0, float.NegativeInfinity), new(0, 1, 3), new(1, 1, 7) }, curve.ToArray());
    }

    [TestMethod]
    public void Ties_of_both_kinds_are_one_slanted_line()
    {
        IReadOnlyList<RocPoint> curve = OutOfDistributionMetrics.Compute([1, 2, 2, 2], [2, 3]).RocCurve;

        CollectionAssert.AreEqual(
            new RocPoint[] { new(0, 0, float.NegativeInfinity), new(0, 0.25, 1), new(0.5, 1, 2), new(1, 1, 3) }, curve.ToArray());
    }

    [TestMethod]
    public void Equal_scores_are_the_chance_line()
    {
        CollectionAssert.AreEqual(
            new RocPoint[] { new(0, 0, float.NegativeInfinity), new(1, 1, 7) },
            OutOfDistributionMetrics.Compute([7, 7, 7], [7]).RocCurve.ToArray());
    }

    [TestMethod]
    public void Infinite_scores_are_the_last_point()
    {
        IReadOnlyList<RocPoint> curve = OutOfDistributionMetrics.Compute([1, 2], [2, float.PositiveInfinity]).RocCurve;

        Assert.AreEqual(new RocPoint(0.5, 1, 2), curve[^2]);
        Assert.AreEqual(new RocPoint(1, 1, float.PositiveInfinity), curve[^1]);
    }

    [TestMethod]
    [DataRow(1, 200, 300, 4)]
    [DataRow(2, 300, 20, 12)]
    [DataRow(3, 37, 411, 60)]
    [DataRow(4, 250, 250, 100_000)]
    public void Curve_agrees_with_counting_at_every_threshold(int seed, int inCount, int outCount, int levels)
    {
        Random random = new(seed);
        float[] inScores = [.. Enumerable.Range(0, inCount).Select(_ => (float)random.Next(levels))];
        float[] outScores = [.. Enumerable.Range(0, outCount).Select(_ => (float)(random.Next(levels) + (levels / 4)))];

        var metrics = OutOfDistributionMetrics.Compute(inScores, outScores);

        // Every point of the curve is what its threshold does, and every threshold lies on the curve.
        foreach (RocPoint point in metrics.RocCurve)
        {
            Assert.AreEqual(Accepted(outScores, point.Threshold), point.FalsePositiveRate, Tolerance);
            Assert.AreEqual(Accepted(inScores, point.Threshold), point.TruePositiveRate, Tolerance);
        }

        foreach (float threshold in inScores.Concat(outScores).Distinct())
        {
            int next = metrics.RocCurve.ToList().FindIndex(p => p.Threshold >= threshold);
            (RocPoint left, RocPoint right) = (metrics.RocCurve[next - 1], metrics.RocCurve[next]);
            double x = Accepted(outScores, threshold) - left.FalsePositiveRate;
            double y = Accepted(inScores, threshold) - left.TruePositiveRate;
            double crossProduct = (x * (right.TruePositiveRate - left.TruePositiveRate)) - (y * (right.FalsePositiveRate - left.FalsePositiveRate));
            Assert.AreEqual(0, crossProduct, Tolerance);
        }

        // And no point lies on the line between its neighbours, in counts of rows.
        (long X, long Y)[] counts = [.. metrics.RocCurve.Select(point => ((long)Math.Round(point.FalsePositiveRate * outCount), (long)Math.Round(point.TruePositiveRate * inCount)))];
        for (int i = 2; i < counts.Length; i++)
        {
            ((long X, long Y) a, (long X, long Y) b, (long X, long Y) c) = (counts[i - 2], counts[i - 1], counts[i]);
            Assert.AreNotEqual((b.X - a.X) * (c.Y - b.Y), (c.X - b.X) * (b.Y - a.Y), $"point {i - 1}");
        }

        Assert.AreEqual(EnumeratedMetrics.AreaUnderRocCurve(inScores, outScores), AreaUnder(metrics.RocCurve), 1e-10);
    }

    [TestMethod]
    public void Curve_is_computed_once_and_cannot_be_changed()
    {
        var metrics = OutOfDistributionMetrics.Compute([1, 3], [2, 4]);

        IReadOnlyList<RocPoint> first = metrics.RocCurve;
        Assert.AreSame(first, metrics.RocCurve);
        Assert.ThrowsExactly<NotSupportedException>(() => ((IList<RocPoint>)first)[0] = default);
    }

    private static double Accepted(float[] scores, float threshold) => scores.Count(s => s <= threshold) / (double)scores.Length;

    private static double AreaUnder(IReadOnlyList<RocPoint> curve) =>
        curve.Zip(curve.Skip(1), (a, b) => (b.FalsePositiveRate - a.FalsePositiveRate) * (a.TruePositiveRate + b.TruePositiveRate) / 2).Sum();
}
