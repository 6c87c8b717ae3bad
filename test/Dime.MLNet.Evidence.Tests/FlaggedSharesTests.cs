using Dime.MLNet.Evidence.Calibration;

namespace Dime.MLNet.Evidence.Tests;

/// <summary>What chance is said to make of the share that is flagged.</summary>
[TestClass]
public sealed class FlaggedSharesTests
{
    [TestMethod]
    [DataRow(50)]
    [DataRow(400)]
    public void Chance_is_that_of_a_simulation(int calibrationCount)
    {
        const int Tests = 300;
        const int Trials = 20_000;
        var random = new Random(1);
        double[] shares = new double[Trials];
        for (int i = 0; i < Trials; i++)
        {
            double[] calibration = [.. Enumerable.Range(0, calibrationCount).Select(_ => random.NextDouble()).Order()];
            double place = 0.95 * (calibrationCount - 1);
            double below = calibration[(int)place];
            double limit = below + ((place - (int)place) * (calibration[(int)place + 1] - below));
            shares[i] = Enumerable.Range(0, Tests).Count(_ => random.NextDouble() >= limit) / (double)Tests;
        }

        double expected = shares.Average();
        double expectedDeviation = Math.Sqrt(shares.Average(share => (share - expected) * (share - expected)));
        var said = new FlaggedShare(calibrationCount, 1000, Tests, [], []);

        // Four standard errors of the simulation, and more than that of its deviation.
        Assert.AreEqual(expected, said.Expected, 4 * expectedDeviation / Math.Sqrt(Trials));
        Assert.AreEqual(expectedDeviation, said.ExpectedDeviation, 0.025 * expectedDeviation);
    }

    [TestMethod]
    public void Numbers_of_calibration_rows_are_those_there_are_rows_for()
    {
        IReadOnlyList<FlaggedShare> shares = FlaggedShares.Measure(GaussianMixture.Draw(1100, seed: 1), GaussianMixture.Monitoring, repeats: 2, seed: 1);

        CollectionAssert.AreEqual(new[] { 50, 100, 400 }, shares.Select(share => share.CalibrationCount).ToArray());
        Assert.IsTrue(shares.All(share => share is { FitCount: 440, TestCount: 220, Dime.Count: 2, Ensemble.Count: 2 }));
    }
}
