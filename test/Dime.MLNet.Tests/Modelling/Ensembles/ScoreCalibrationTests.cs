using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

[TestClass]
public sealed class ScoreCalibrationTests
{
    // Percentiles 0, 1, …, 100; u = 98, and 99 and 100 exceed it by 1.5 on average.
    private readonly ScoreCalibration _calibration = ScoreCalibration.FromSample([.. Enumerable.Range(0, 101).Reverse().Select(i => (float)i)], 101);

    [TestMethod]
    public void Sample_gives_the_tail()
    {
        Assert.AreEqual(101, _calibration.Count);
        Assert.AreEqual(98, _calibration.TailStart, 1e-12);
        Assert.AreEqual(1.5, _calibration.MeanExcess, 1e-12);
    }

    [TestMethod]
    [DataRow(-1e9f, 1.0)]
    [DataRow(-0.5f, 1.0)]
    [DataRow(0f, 0.99)]
    [DataRow(49.9f, 0.5)]
    [DataRow(50f, 0.49)]
    [DataRow(98.5f, 0.01)]
    [DataRow(99f, 1.0 / 102)]
    [DataRow(100f, 1.0 / 102)]
    public void Up_to_the_largest_score_the_p_value_is_the_share_above_but_never_below_1_of_n_and_one(float score, double expected) =>
        Assert.AreEqual(expected, _calibration.PValue(score), 1e-12);

    [TestMethod]
    [DataRow(100.01f)]
    [DataRow(101f)]
    [DataRow(110f)]
    [DataRow(150f)]
    public void Beyond_it_the_tail_is_exponential(float score) =>
        Assert.AreEqual(Math.Min(1.0 / 102, 0.02 * Math.Exp(-(score - 98.0) / 1.5)), _calibration.PValue(score), 1e-14);

    [TestMethod]
    [DataRow(1000f)]
    [DataRow(float.MaxValue)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    [DataRow(float.NaN)]
    public void P_values_end_at_1e_30_which_scores_that_are_not_finite_have(float score) =>
        Assert.AreEqual(1e-30, _calibration.PValue(score));

    [TestMethod]
    public void A_tail_of_equal_scores_has_no_width()
    {
        var calibration = ScoreCalibration.FromSample([.. Enumerable.Range(0, 100).Select(i => i < 50 ? 0f : 1f)], 5);

        Assert.AreEqual(0, calibration.MeanExcess);
        Assert.AreEqual(1.0 / 101, calibration.PValue(1));
        Assert.AreEqual(1e-30, calibration.PValue(1.001f));
    }

    [TestMethod]
    public void The_p_value_never_rises_with_the_score()
    {
        float[] sample = Embeddings.Gaussian(300, 1, 1);
        var calibration = ScoreCalibration.FromSample([.. sample], 5000);
        double[] values = [.. Enumerable.Range(-500, 2000).Select(i => calibration.PValue(i / 100f))];

        for (int i = 1; i < values.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(values[i - 1], values[i]);
        }
    }
}
