using Dime.MLNet.Modelling.Covariances;

namespace Dime.MLNet.Tests.Modelling.Covariances;

[TestClass]
public sealed class NearestClassTests
{
    [TestMethod]
    [DataRow(1, 2, 1f)]
    [DataRow(7, 3, 1f)]
    [DataRow(40, 500, 1f)]
    [DataRow(300, 33, 1f)]
    [DataRow(40, 100, 1e15f)]
    [DataRow(40, 100, 1e-15f)]
    public void The_smallest_of_all_distances_is_found_to_the_bit(int dimension, int classCount, float scale)
    {
        float[] means = Embeddings.Gaussian(classCount, dimension, 1, scale);
        float[] rows = Embeddings.Gaussian(50, dimension, 2, scale);

        AssertNearest(means, rows, dimension);
    }

    [TestMethod]
    public void Means_closer_to_each_other_than_products_can_tell_are_told_apart()
    {
        // All around one point a million times farther away than they are from each other.
        const int Dimension = 30;
        float[] centre = Embeddings.Gaussian(1, Dimension, 1, 1000);
        float[] around = Embeddings.Gaussian(200, Dimension, 2, 1e-3);
        float[] Near(float[] offsets) => [.. offsets.Select((x, i) => centre[i % Dimension] + x)];

        AssertNearest(Near(around), Near(Embeddings.Gaussian(60, Dimension, 3, 1e-3)), Dimension);
        AssertNearest(Near(around), Near(around), Dimension);
    }

    [TestMethod]
    public void Products_that_overflow_hide_no_mean()
    {
        float[] means = [3e19f, 3e19f, -3e19f, 1, 0, 0];

        AssertNearest(means, [2e19f, 2e19f, -2e19f, 2e19f, 1e30f, -1e30f, 1, 1], 2);
    }

    private static void AssertNearest(float[] means, float[] rows, int dimension)
    {
        var classes = new NearestClass(means, dimension);
        Assert.AreEqual(means.Length / dimension, classes.Count);
        float[][] split = Embeddings.Split(rows, dimension);
        float[] products = new float[split.Length * classes.Count];
        classes.Multiply(rows, products);
        for (int i = 0; i < split.Length; i++)
        {
            double expected = Embeddings.Split(means, dimension).Min(mean => split[i].Zip(mean, (x, m) => ((double)x - m) * ((double)x - m)).Sum());

            double actual = classes.SquaredDistance(split[i], products.AsSpan(i * classes.Count, classes.Count));

            Assert.AreEqual(expected, actual, 1e-13 * expected, $"row {i}");
        }
    }
}
