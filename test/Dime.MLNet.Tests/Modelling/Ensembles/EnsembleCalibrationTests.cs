using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

[TestClass]
public sealed class EnsembleCalibrationTests
{
    private static readonly OutOfDistributionScore[] _scores =
    [
        OutOfDistributionScore.FeatureNorm("a"),
        OutOfDistributionScore.Mahalanobis("a", weight: 0.25),
        OutOfDistributionScore.Energy("z", weight: 2),
    ];

    [TestMethod]
    [DataRow(20, 5000)]
    [DataRow(57, 11)]
    [DataRow(400, 101)]
    public void Statistics_of_the_calibration_rows_judge_each_farthest_row_by_the_others(int count, int percentileCount)
    {
        float[] rows = Embeddings.Gaussian(count, 3, 1);
        rows[(7 * 3) + 1] = 40;

        // Twice the largest: the first of them is taken out, the other keeps it from being beyond the rest.
        float largest = Enumerable.Range(0, count).Max(i => rows[(i * 3) + 2]);
        rows[(3 * 3) + 2] = rows[(11 * 3) + 2] = largest + 1;

        var calibration = EnsembleCalibration.FromSample(_scores, rows, percentileCount, out float[] sorted);

        float[] statistics = new float[count];
        for (int i = 0; i < count; i++)
        {
            double statistic = 0;
            for (int s = 0; s < 3; s++)
            {
                float[] column = [.. Enumerable.Range(0, count).Select(row => rows[(row * 3) + s])];
                float[] judges = Array.IndexOf(column, column.Max()) == i ? [.. column.Where((_, row) => row != i)] : column;
                statistic -= _scores[s].Weight * Math.Log(ScoreCalibration.FromSample([.. judges], percentileCount).PValue(column[i]));
            }

            statistics[i] = (float)statistic;
        }

        Assert.AreEqual(count, calibration.Count);
        PrecisionAssert.SameBits(EmpiricalDistribution.FromSample(statistics, percentileCount).Percentiles, calibration.Statistic.Percentiles);
        PrecisionAssert.SameBits(statistics, sorted);
    }

    [TestMethod]
    public void Statistic_is_the_weighted_sum_of_logarithms()
    {
        var calibration = EnsembleCalibration.FromSample(_scores, Embeddings.Gaussian(100, 3, 1), 100, out _);
        float[] row = [0.3f, 10, float.NaN];

        double expected = -Math.Log(calibration.Scores[0].PValue(0.3f)) - (0.25 * Math.Log(calibration.Scores[1].PValue(10))) + (2 * Math.Log(1e30));

        Assert.AreEqual(expected, calibration.StatisticOf(row), 1e-5 * expected);
    }

    [TestMethod]
    public void A_score_that_is_always_the_same_is_an_error_that_names_it()
    {
        float[] rows = Embeddings.Gaussian(30, 3, 1);
        for (int i = 0; i < 30; i++)
        {
            rows[(i * 3) + 1] = 2.5f;
        }

        string message = Assert.ThrowsExactly<InvalidOperationException>(() => EnsembleCalibration.FromSample(_scores, rows, 100, out _)).Message;

        StringAssert.Contains(message, "Mahalanobis(a)", StringComparison.Ordinal);
        StringAssert.Contains(message, "2.5", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(400)]
    public void Flagged_share_of_new_rows_is_what_chance_allows(int count)
    {
        // Two scores that depend on each other, over many splits: 5 % in the mean, and 7 % if the farthest rows judged themselves.
        var random = new Random(1);
        OutOfDistributionScore[] scores = [.. Enumerable.Range(0, 4).Select(i => OutOfDistributionScore.FeatureNorm($"{i}"))];
        int flagged = 0;
        const int Splits = 150, New = 200;
        for (int split = 0; split < Splits; split++)
        {
            float[] Draw(int rows) => [.. Enumerable.Range(0, rows).SelectMany(_ =>
            {
                double common = random.NextDouble() + random.NextDouble();
                return Enumerable.Range(0, 4).Select(_ => (float)(common - Math.Log(1 - random.NextDouble())));
            })];
            var calibration = EnsembleCalibration.FromSample(scores, Draw(count), 5000, out _);
            flagged += Draw(New).Chunk(4).Count(row => calibration.Statistic.ProbabilityOf(calibration.StatisticOf(row)) >= 0.95f);
        }

        // The share of one split varies by √(0.05·0.95·(1/n + 1/200)); this is four standard errors of their mean.
        double error = Math.Sqrt(0.05 * 0.95 * ((1.0 / count) + (1.0 / New)) / Splits);
        Assert.AreEqual(0.05 + (0.5 / count), (double)flagged / (Splits * New), (4 * error) + (0.5 / count));
    }
}
