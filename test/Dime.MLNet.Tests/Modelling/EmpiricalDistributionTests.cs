using Dime.MLNet.Modelling;

namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class EmpiricalDistributionTests
{
    [TestMethod]
    // numpy.percentile([1, 2, 3, 4], [0, 25, 50, 75, 100])
    [DataRow(new float[] { 1, 2, 3, 4 }, new float[] { 1, 1.75f, 2.5f, 3.25f, 4 })]
    [DataRow(new float[] { 4, 1, 3, 2 }, new float[] { 1, 1.75f, 2.5f, 3.25f, 4 })]
    // Every 20th percentile of five values stands at 0, 0.8, 1.6, 2.4, 3.2 and 4.
    [DataRow(new float[] { 15, 20, 35, 40, 50 }, new float[] { 15, 19, 29, 37, 42, 50 })]
    [DataRow(new float[] { 10, 20 }, new float[] { 10, 12.5f, 15, 17.5f, 20 })]
    [DataRow(new float[] { 1, 2, 3, 4, 5, 6, 7 }, new float[] { 1, 7 })]
    [DataRow(new float[] { 1, 1, 1, 9 }, new float[] { 1, 1, 9 })]
    [DataRow(new float[] { 3 }, new float[] { 3, 3, 3 })]
    public void Percentiles_are_interpolated_as_NumPy_does(float[] sample, float[] percentiles)
    {
        float[] actual = EmpiricalDistribution.FromSample(sample, percentiles.Length).Percentiles.ToArray();

        Assert.HasCount(percentiles.Length, actual);
        for (int i = 0; i < percentiles.Length; i++)
        {
            Assert.AreEqual(percentiles[i], actual[i], 1e-6f * percentiles[i], $"percentile {i}");
        }
    }

    [TestMethod]
    public void Percentiles_never_fall_and_end_at_the_extremes_of_the_sample()
    {
        float[] sample = [.. Embeddings.Gaussian(997, 1, 1).Select(Math.Abs)];

        float[] percentiles = EmpiricalDistribution.FromSample([.. sample], 5000).Percentiles.ToArray();

        CollectionAssert.AreEqual(percentiles.Order().ToArray(), percentiles);
        Assert.AreEqual(sample.Min(), percentiles[0]);
        Assert.AreEqual(sample.Max(), percentiles[^1]);
    }

    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(0.999f, 0f)]
    [DataRow(1f, 0.25f)]
    [DataRow(1.5f, 0.25f)]
    [DataRow(2f, 0.75f)]
    [DataRow(2.5f, 0.75f)]
    [DataRow(3f, 1f)]
    [DataRow(4.9f, 1f)]
    [DataRow(5f, 1f)]
    [DataRow(1e30f, 1f)]
    [DataRow(float.PositiveInfinity, 1f)]
    [DataRow(float.NaN, 1f)]
    public void Probability_is_the_share_of_the_first_percentile_above(float distance, float probability)
    {
        Assert.AreEqual(probability, new EmpiricalDistribution([1, 2, 2, 3, 5]).ProbabilityOf(distance));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(64)]
    [DataRow(1001)]
    public void Probability_agrees_with_a_look_at_every_percentile(int percentileCount)
    {
        float[] sample = [.. Embeddings.Gaussian(200, 1, 1).Select(x => MathF.Round(Math.Abs(x), 1))];
        var distribution = EmpiricalDistribution.FromSample(sample, percentileCount);
        float[] percentiles = distribution.Percentiles.ToArray();

        foreach (float distance in (float[])[.. percentiles, .. percentiles.Select(MathF.BitDecrement), .. percentiles.Select(MathF.BitIncrement), -1, 0, 100])
        {
            int above = Array.FindIndex(percentiles, percentile => distance < percentile);
            double expected = above < 0 ? 1 : above / (percentileCount - 1.0);
            Assert.AreEqual(expected, distribution.ProbabilityOf(distance), 1e-7, $"distance {distance}");
        }
    }

    [TestMethod]
    public void Distances_are_replaced_in_place()
    {
        float[] values = [0, 1, 2, float.PositiveInfinity];

        new EmpiricalDistribution([1, 2, 2, 3, 5]).ReplaceByProbabilities(values);

        CollectionAssert.AreEqual(new[] { 0, 0.25f, 0.75f, 1 }, values);
    }
}
