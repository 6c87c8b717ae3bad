namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class CalibrationTests
{
    // The hyperplane is the first axis, so the distance to it is the second value; the scores −1 and 1 have variance 2.
    private readonly ModelledEmbedding _axis = ModelledEmbedding.Fit([-1, 0, 1, 0], 2, rank: 1);

    [TestMethod]
    public void Probability_is_the_share_of_the_first_percentile_above()
    {
        // Percentiles 1, 1.75, 2.5, 3.25 and 4.
        ModelledEmbedding model = _axis.Calibrate([0, 1, 7, -2, -3, 3, 0, 4], 5);

        CollectionAssert.AreEqual(
            new[] { 0, 0.25f, 0.5f, 0.75f, 1, 1, 1 },
            model.ProbabilityOfDistanceToHyperplane([9, 0.5f, -9, 1, 0, 2, 0, -3, 0, 3.5f, 0, 4, 0, 1e20f]));
    }

    [TestMethod]
    public void Probability_within_the_hyperplane_has_percentiles_of_its_own()
    {
        ModelledEmbedding model = _axis.Calibrate([1, 50, -2, 60, 3, 70, -4, 80], 5);

        CollectionAssert.AreEqual(
            new[] { 0, 0.25f, 0.5f, 0.75f, 1, 1 },
            model.ProbabilityOfDistanceWithinHyperplane([0.5f, 50, -1.5f, 0, 2, 0, -3, 0, 3.5f, 0, 5, 0]));
    }

    [TestMethod]
    public void Percentiles_are_those_of_either_distance()
    {
        // Distances 1, 7, 3 and 4; the scores 0, −2, 3 and 0 are divided by √2, the deviation of −1 and 1.
        ModelledEmbedding model = _axis.Calibrate([0, 1, -2, 7, 3, 3, 0, 4], 7);

        CollectionAssert.AreEqual(new[] { 1, 2, 3, 3.5f, 4, 5.5f, 7 }, model.DistancePercentiles.ToArray());
        double[] within = [0, 0, 0, 1, 2, 2.5, 3];
        for (int i = 0; i < within.Length; i++)
        {
            Assert.AreEqual(within[i] / Math.Sqrt(2), model.WithinDistancePercentiles.Span[i], 1e-6);
        }
    }

    [TestMethod]
    public void There_are_no_percentiles_without_calibration_or_without_a_distance()
    {
        Assert.IsTrue(_axis.DistancePercentiles.IsEmpty);
        Assert.IsTrue(_axis.WithinDistancePercentiles.IsEmpty);

        ModelledEmbedding ofOneRow = ModelledEmbedding.Fit([3, 4], 2).Calibrate([0, 1]);
        Assert.AreEqual(5000, ofOneRow.DistancePercentiles.Length);
        Assert.IsTrue(ofOneRow.WithinDistancePercentiles.IsEmpty);
    }

    [TestMethod]
    public void Probability_before_calibration_is_an_error_that_says_to_calibrate()
    {
        Assert.IsFalse(_axis.IsCalibrated);
        foreach (Action probability in (Action[])
        [
            () => _axis.ProbabilityOfDistanceToHyperplane([1, 2]),
            () => _axis.ProbabilityOfDistanceWithinHyperplane([1, 2]),
            () => _axis.ProbabilityOfDistanceToHyperplane([1, 2], new float[1]),
            () => _axis.ProbabilityOfDistanceWithinHyperplane([1, 2], new float[1]),
            () => _axis.ProbabilityOfDistanceToHyperplane([]),
        ])
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidOperationException>(probability).Message, "Calibrate", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Calibration_returns_a_new_model_and_leaves_the_old_one()
    {
        ModelledEmbedding first = _axis.Calibrate([0, 1, 0, 2], 3);
        ModelledEmbedding second = first.Calibrate([0, 100, 0, 200], 3);

        Assert.IsFalse(_axis.IsCalibrated);
        Assert.IsTrue(first.IsCalibrated);
        Assert.IsTrue(second.IsCalibrated);
        CollectionAssert.AreEqual(new[] { 1f }, first.ProbabilityOfDistanceToHyperplane([0, 50]));
        CollectionAssert.AreEqual(new[] { 0f }, second.ProbabilityOfDistanceToHyperplane([0, 50]));
    }

    [TestMethod]
    public void Calibration_keeps_the_hyperplane()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(60, 9, 1), 9, rank: 4);
        float[] rows = Embeddings.Features(20, 9, 2);

        ModelledEmbedding calibrated = model.Calibrate(Embeddings.Features(30, 9, 3));

        PrecisionAssert.SameBits(model.BasisVectors.Span, calibrated.BasisVectors.Span);
        PrecisionAssert.SameBits(model.DistanceToHyperplane(rows), calibrated.DistanceToHyperplane(rows));
        PrecisionAssert.SameBits(model.DistanceWithinHyperplane(rows), calibrated.DistanceWithinHyperplane(rows));
        CollectionAssert.AreEqual(model.ExplainedVariance.ToArray(), calibrated.ExplainedVariance.ToArray());
    }

    [TestMethod]
    public void Order_of_the_calibration_rows_does_not_matter()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(60, 9, 1), 9, rank: 4);
        float[] rows = Embeddings.Features(200, 9, 3);
        float[] reversed = [.. Enumerable.Reverse(Embeddings.Split(rows, 9)).SelectMany(row => row)];

        PrecisionAssert.SameBits(
            model.Calibrate(rows).ProbabilityOfDistanceToHyperplane(rows),
            model.Calibrate(reversed).ProbabilityOfDistanceToHyperplane(rows));
    }

    [TestMethod]
    public void There_are_5000_percentiles_unless_told_otherwise()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(60, 9, 1), 9, rank: 4);
        float[] rows = Embeddings.Features(200, 9, 3);

        float[] steps = [.. model.Calibrate(rows).ProbabilityOfDistanceToHyperplane(rows).Select(p => p * 4999)];

        PrecisionAssert.SameBits(
            model.Calibrate(rows, 5000).ProbabilityOfDistanceToHyperplane(rows), model.Calibrate(rows).ProbabilityOfDistanceToHyperplane(rows));
        Assert.IsGreaterThan(100, steps.Distinct().Count());
        foreach (float step in steps)
        {
            Assert.AreEqual(Math.Round(step), step, 1e-3);
        }
    }

    [TestMethod]
    public void One_calibration_row_tells_smaller_from_not_smaller()
    {
        ModelledEmbedding model = _axis.Calibrate([0, 2]);

        CollectionAssert.AreEqual(new[] { 0f, 1f, 1f }, model.ProbabilityOfDistanceToHyperplane([0, 1.99f, 0, 2, 0, 3]));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(0)]
    [DataRow(-1)]
    public void Fewer_than_2_percentiles_are_an_error(int count)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _axis.Calibrate([0, 1], count));

        Assert.AreEqual("percentileCount", error.ParamName);
        Assert.AreEqual(count, error.ActualValue);
    }

    [TestMethod]
    public void Rows_to_calibrate_on_must_fit_and_be_finite()
    {
        foreach (float[] rows in (float[][])[[1, 2, 3], [], [float.NaN, 1], [1, float.PositiveInfinity, float.NaN, float.NaN]])
        {
            Assert.AreEqual("rows", Assert.ThrowsExactly<ArgumentException>(() => _axis.Calibrate(rows)).ParamName);
        }
    }
}
