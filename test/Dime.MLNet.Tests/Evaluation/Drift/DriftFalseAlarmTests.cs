using Dime.MLNet.Modelling;
using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Evaluation.Drift;

/// <summary>
/// How often rows like the calibration rows raise an alarm: seeded, in bounds of about three standard deviations around what theory says. A wrong
/// number of rows in a formula breaks them: of calibration rows left out, by far.
/// </summary>
[TestClass]
public sealed class DriftFalseAlarmTests
{
    private const int Runs = 1500;

    [TestMethod]
    [DataRow(100, 50)]
    [DataRow(100, 500)]
    [DataRow(100, 5000)]
    [DataRow(400, 50)]
    [DataRow(400, 500)]
    [DataRow(400, 5000)]
    [DataRow(5000, 50)]
    [DataRow(5000, 500)]
    [DataRow(5000, 5000)]
    public void Flagged_share_and_distribution_keep_their_level(int calibrationRows, int rows)
    {
        (int flaggedAt1, int distributionAt1, int flaggedAt10, int distributionAt10, int alarms) = (0, 0, 0, 0, 0);
        Parallel.For(0, Runs, run =>
        {
            var random = new Random((run * 31) + calibrationRows + rows);
            var distribution = EmpiricalDistribution.FromSample(Uniform(random, calibrationRows), 5000);
            var model = new ModelledEmbedding([1, 0], 2, [1.0], null, distribution, calibrationRowCount: calibrationRows);
            DriftResult result = DriftTest.RunOnDistances(model, Uniform(random, rows));
            Count(ref flaggedAt1, result.Tests[0].PValue < 0.01);
            Count(ref flaggedAt10, result.Tests[0].PValue < 0.1);
            Count(ref distributionAt1, result.Tests[1].PValue < 0.01);
            Count(ref distributionAt10, result.Tests[1].PValue < 0.1);
            Count(ref alarms, result.IsDrift);
        });

        // 1.1 % and three deviations at most; a count that is discrete may take less.
        Between(0, 0.019, flaggedAt1, "flagged at 1 %");
        Between(0.002, 0.019, distributionAt1, "distribution at 1 %");
        Between(0.025, 0.125, flaggedAt10, "flagged at 10 %");
        Between(0.07, 0.125, distributionAt10, "distribution at 10 %");
        Between(0, 0.019, alarms, "alarms");
    }

    [TestMethod]
    [DataRow(60, 50)]
    [DataRow(60, 500)]
    [DataRow(400, 50)]
    [DataRow(400, 500)]
    public void Mean_keeps_its_level(int trainingRows, int rows)
    {
        const int dimension = 8;
        (int at1, int at10) = (0, 0);
        Parallel.For(0, Runs, run =>
        {
            ModelledEmbedding model = ModelledEmbedding.Fit(Rows(trainingRows, run), dimension, rank: dimension)
                .Calibrate(Rows(40, run + 100_000), percentileCount: 10);
            DriftTestResult mean = DriftTest.Run(model, Rows(rows, run + 200_000)).Tests[2];
            Assert.AreEqual(DriftTestKind.Mean, mean.Kind);
            Count(ref at1, mean.PValue < 0.01);
            Count(ref at10, mean.PValue < 0.1);
        });

        Between(0.003, 0.019, at1, "at 1 %");
        Between(0.077, 0.125, at10, "at 10 %");

        static float[] Rows(int count, int seed) => Embeddings.Fill(
            count, dimension, Correlated(Embeddings.Gaussian(count, dimension, seed)));
    }

    [TestMethod]
    [DataRow(200, 50)]
    [DataRow(200, 500)]
    [DataRow(1000, 500)]
    public void Mean_of_a_shrunk_covariance_raises_no_more_alarms(int trainingRows, int rows)
    {
        const int dimension = 30;
        (int at1, int at10) = (0, 0);
        Parallel.For(0, 500, run =>
        {
            var sums = new EnsembleAccumulator(new EmbeddingLayout(("A", dimension)), [OutOfDistributionScore.Mahalanobis("A")]);
            sums.Add(Rows(trainingRows, run));
            ModelledEnsemble model = sums.Fit().Calibrate(Rows(60, run + 100_000), percentileCount: 10);
            DriftTestResult mean = DriftTest.Run(model, Rows(rows, run + 200_000)).Tests.Single(test => test.Kind == DriftTestKind.Mean);
            Count(ref at1, mean.PValue < 0.01);
            Count(ref at10, mean.PValue < 0.1);
        });

        Assert.IsLessThanOrEqualTo(0.011 + 0.014, at1 / 500.0, "at 1 %");
        Assert.IsLessThanOrEqualTo(0.14, at10 / 500.0, "at 10 %");

        static float[] Rows(int count, int seed) => Embeddings.Features(count, dimension, seed);
    }

    private static Func<int, int, float> Correlated(float[] sources) => (i, j) =>
        1 + sources[(i * 8) + j] + (2 * sources[i * 8]) + (j * sources[(i * 8) + ((j + 3) % 8)]);

    private static float[] Uniform(Random random, int count)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = random.NextSingle();
        }

        return values;
    }

    private static void Count(ref int count, bool happened)
    {
        if (happened)
        {
            Interlocked.Increment(ref count);
        }
    }

    private static void Between(double least, double most, int count, string what)
    {
        double share = count / (double)Runs;
        Assert.IsTrue(share >= least && share <= most, $"{what}: {share}, not in [{least}, {most}]");
    }
}
