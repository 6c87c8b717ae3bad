using Dime.MLNet.Evaluation.Drift;
using Dime.MLNet.Numerics.Distributions;

namespace Dime.MLNet.Tests.Evaluation.Drift;

/// <summary>What calibration rows say of probabilities, against counts of the rows themselves.</summary>
[TestClass]
public sealed class CalibratedScoreTests
{
    private static readonly double[] _limits = [0.95, 0.9, 0.5, 1, 1e-6, 1 / 3.0, 2 / 3.0, 0.1, 0.7, 0.99, 0.3, 1 / 7.0];

    // A row has the probability j / (K − 1) with j percentiles at or below its distance, and percentile i is the sorted row i(n − 1) / (K − 1).
    [TestMethod]
    [DataRow(2, 10)]
    [DataRow(3, 10)]
    [DataRow(7, 61)]
    [DataRow(11, 1000)]
    [DataRow(100, 57)]
    [DataRow(1000, 4001)]
    public void Rows_at_the_limit_are_those_that_would_be_flagged(int percentileCount, int rows)
    {
        foreach (double limit in _limits.Concat(Enumerable.Range(1, percentileCount - 1).Take(40).Select(j => j / (percentileCount - 1.0))))
        {
            var score = new CalibratedScore(null, [], percentileCount, rows, limit);

            int least = Enumerable.Range(0, percentileCount).First(j => score.IsFlagged(j / (percentileCount - 1.0)));
            Assert.IsTrue(least == 0 || (float)((least - 1) / (percentileCount - 1.0)) < (float)limit);

            // It takes the first knot at least: below all of them a distance has the probability 0.
            decimal knot = (decimal)(Math.Max(least, 1) - 1) * (rows - 1) / (percentileCount - 1);
            int expected = Enumerable.Range(0, rows).Count(i => i >= knot);
            Assert.AreEqual(expected, score.RowsAtLimit, $"{limit}");
        }
    }

    [TestMethod]
    public void Equal_percentiles_reach_the_limit_together()
    {
        // Of knots 0 to 10, those from 6 on are alike: whoever reaches one reaches all.
        float[] percentiles = [0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6];

        Assert.AreEqual(101 - 60, new CalibratedScore(null, percentiles, 11, 101, 0.95).RowsAtLimit);
        Assert.AreEqual(101 - 90, new CalibratedScore(null, [], 11, 101, 0.95).RowsAtLimit);
        Assert.AreEqual(101, new CalibratedScore(null, new float[11], 11, 101, 0.95).RowsAtLimit);
    }

    [TestMethod]
    public void Share_of_flagged_rows_is_compared_with_that_of_calibration_rows()
    {
        DriftTestResult test = new CalibratedScore("s", [], 11, 101, 0.95).TestFlagged(flagged: 3, rows: 12);

        Assert.AreEqual("s", test.ScoreName);
        Assert.AreEqual(0.25, test.Statistic);
        Assert.AreEqual(12 / 102.0, test.Expected, 1e-15);
    }

    [TestMethod]
    public void Band_of_flagged_rows_is_that_of_the_calibration_rows_at_the_limit()
    {
        var score = new CalibratedScore(null, [], 11, 101, 0.95);

        Assert.AreEqual(11, score.RowsAtLimit);
        Assert.AreEqual(BetaBinomialQuantiles.Of(5000, 12, 90, 0.01), score.FlaggedBetween(5000, 0.01));
    }

    [TestMethod]
    [DataRow(1000)]
    [DataRow(50_000)]
    [DataRow(100_001)]
    [DataRow(400_000)]
    public void Gaps_of_rows_that_are_alike_are_found_in_probabilities_of_single_precision(int percentileCount)
    {
        for (double share = 0.3; share < 0.95; share += 0.01)
        {
            int alike = (int)(share * percentileCount);
            float[] percentiles = [.. Enumerable.Range(0, percentileCount).Select(i => i < alike ? 1 : 2 + (i / (float)percentileCount))];
            double probability = (float)(alike / (percentileCount - 1.0));
            double[] sorted = [.. Enumerable.Repeat(probability, 100), .. Enumerable.Range(0, 100).Select(i => (double)(float)(probability + ((1 - probability) * (i + 1) / 100)))];

            DriftTestResult test = new CalibratedScore(null, percentiles, percentileCount, percentileCount, 0.95).TestDistribution(sorted);

            // Half of the rows have the probability that the share that is alike has: nothing but the difference of both counts.
            Assert.IsLessThan(Math.Abs(0.5 - probability) + 0.02, test.Statistic, $"{alike}");
        }
    }

    // D by its definition: both distribution functions at all places, and just below them.
    [TestMethod]
    public void Distribution_is_compared_where_probabilities_can_lie()
    {
        var random = new Random(3);
        float[] percentiles = [0, 1, 1, 1, 2, 3, 4, 4, 5, 6, 7];
        double[] possible = [.. Enumerable.Range(0, 7001).Select(i => percentiles.Count(p => p <= i / 1000f)).Distinct().Order().Select(j => Math.Min(j, 10) / 10.0).Prepend(0).Distinct()];
        for (int rows = 1; rows < 60; rows++)
        {
            double[] sorted = [.. Enumerable.Range(0, rows).Select(_ => possible[random.Next(possible.Length)]).Order()];
            double expected = sorted.Max(p =>
            {
                double below = possible.Where(other => other < p).DefaultIfEmpty(0).Max();
                return Math.Max(below - (sorted.Count(x => x < p) / (double)rows), (sorted.Count(x => x <= p) / (double)rows) - p);
            });

            DriftTestResult test = new CalibratedScore(null, percentiles, 11, 500, 0.95).TestDistribution(sorted);

            Assert.AreEqual(Math.Max(0, expected), test.Statistic, 1e-12, string.Join(' ', sorted));
        }
    }
}
