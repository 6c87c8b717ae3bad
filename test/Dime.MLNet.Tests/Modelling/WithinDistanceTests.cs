namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class WithinDistanceTests
{
    [TestMethod]
    public void One_direction_counts_standard_deviations_from_the_mean()
    {
        // Scores 1, 2, 6: mean 3, variance (4 + 1 + 9) / 2 = 7.
        var model = ModelledEmbedding.Fit([1, 0, 2, 0, 6, 0], 2, rank: 1);

        float[] distances = model.DistanceWithinHyperplane([3, 9, 10, 0, -4, 1]);

        Assert.AreEqual(0, distances[0], 1e-6);
        Assert.AreEqual(Math.Sqrt(7), distances[1], 1e-5);
        Assert.AreEqual(Math.Sqrt(7), distances[2], 1e-5);
    }

    [TestMethod]
    public void Equal_rows_have_no_spread_and_so_no_distance()
    {
        var model = ModelledEmbedding.Fit([.. Enumerable.Repeat(new[] { 1f, 2f, 3f }, 10).SelectMany(row => row)], 3, rank: 1);

        Assert.IsTrue(model.HasDistanceWithinHyperplane);
        CollectionAssert.AreEqual(new[] { 0f, 0f }, model.DistanceWithinHyperplane([1, 2, 3, -7, 40, 2]));
    }

    [TestMethod]
    public void Direction_without_spread_is_left_out()
    {
        // The first value is always 5: a direction of the hyperplane, but none of the covariance.
        float[] spread = Embeddings.Gaussian(50, 2, 1);
        float[] rows = Embeddings.Fill(50, 3, (i, j) => j == 0 ? 5 : spread[(i * 2) + j - 1]);
        var model = ModelledEmbedding.Fit(rows, 3, rank: 3);

        float[] distances = model.DistanceWithinHyperplane([5, 1, 1, 500, 1, 1]);

        Assert.IsLessThan(10, distances[0]);
        Assert.AreEqual(distances[0], distances[1], 1e-2);
    }

    [TestMethod]
    public void One_row_has_no_covariance()
    {
        AssertUndefined(ModelledEmbedding.Fit([3, 4], 2));
    }

    [TestMethod]
    public void One_finite_row_has_no_covariance()
    {
        AssertUndefined(ModelledEmbedding.Fit([3, 4, float.NaN, 1], 2));
    }

    [TestMethod]
    public void One_row_of_positive_weight_has_no_covariance()
    {
        var sums = new EmbeddingAccumulator(2);
        sums.Add([3, 4, 8, 9], [1, 0]);

        AssertUndefined(sums.Fit());
    }

    [TestMethod]
    public void One_row_still_spans_a_hyperplane()
    {
        var model = ModelledEmbedding.Fit([3, 4], 2);

        float[] distances = model.DistanceToHyperplane([3, 4, -4, 3]);

        Assert.AreEqual(1, model.Rank);
        Assert.AreEqual(0, distances[0], 1e-6 * 5);
        Assert.AreEqual(5, distances[1], 1e-4);
    }

    private static void AssertUndefined(ModelledEmbedding model)
    {
        Assert.IsFalse(model.HasDistanceWithinHyperplane);
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => model.DistanceWithinHyperplane([1, 2]));
        StringAssert.Contains(error.Message, "two", StringComparison.Ordinal);

        ModelledEmbedding calibrated = model.Calibrate([1, 2, 3, 4]);
        Assert.ThrowsExactly<InvalidOperationException>(() => calibrated.ProbabilityOfDistanceWithinHyperplane([1, 2]));
        Assert.HasCount(1, calibrated.ProbabilityOfDistanceToHyperplane([1, 2]));
    }
}
