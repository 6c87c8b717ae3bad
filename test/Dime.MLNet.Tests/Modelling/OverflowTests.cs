namespace Dime.MLNet.Tests.Modelling;

/// <summary>Finite rows whose scores leave the range of single precision, and sizes that leave that of an array.</summary>
[TestClass]
public sealed class OverflowTests
{
    [TestMethod]
    public void Distances_are_never_NaN()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 4, 1), 4, rank: 3);
        float[] rows =
        [
            3e38f, -3e38f, 3e38f, -3e38f,
            3e38f, 3e38f, 3e38f, 3e38f,
            -3e38f, 3e38f, 3e38f, 1e38f,
            .. Enumerable.Repeat(float.MaxValue, 4),
        ];

        foreach (float distance in (float[])[.. model.DistanceToHyperplane(rows), .. model.DistanceWithinHyperplane(rows)])
        {
            Assert.IsFalse(float.IsNaN(distance));
        }
    }

    [TestMethod]
    public void Rows_of_infinite_distance_are_left_out_of_the_calibration()
    {
        // Both are finite rows, but the second kind is 1e40 standard deviations away.
        var model = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 4, 1, scale: 1e-20), 4, rank: 3);
        float[] usual = Embeddings.Gaussian(20, 4, 2, scale: 1e-20);
        float[] far = Embeddings.Gaussian(6, 4, 3, scale: 1e20);

        ModelledEmbedding calibrated = model.Calibrate([.. usual, .. far], 11);

        foreach (float percentile in calibrated.WithinDistances!.Percentiles)
        {
            Assert.IsTrue(float.IsFinite(percentile), $"percentile {percentile}");
        }
    }

    [TestMethod]
    public void Embeddings_that_no_array_can_hold_are_refused()
    {
        // 2²¹ scores on a line in 2048 dimensions are 2³² values, which are 0 in 32 bits.
        float[] basis = new float[2048];
        basis[0] = 1;
        var model = new ModelledEmbedding(basis, 2048, [1], scores: null);
        float[] scores = new float[1 << 21];

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => model.InverseTransform(scores));
        ArgumentException narrow = Assert.ThrowsExactly<ArgumentException>(() => model.InverseTransform(scores, new float[10]));

        Assert.AreEqual("scores", error.ParamName);
        Assert.Contains("2097152 rows of 2048 values are more than an array can hold", error.Message);
        Assert.AreEqual("destination", narrow.ParamName);
        Assert.Contains("room for 10 values; 4294967296 are needed", narrow.Message);
    }
}
