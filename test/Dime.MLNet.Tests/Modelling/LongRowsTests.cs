namespace Dime.MLNet.Tests.Modelling;

/// <summary>Rows so long that the rounding of a single-precision score shows in ‖x‖² − ‖s‖².</summary>
[TestClass]
public sealed class LongRowsTests
{
    [TestMethod]
    [DataRow(512, true)]
    [DataRow(2048, true)]
    [DataRow(512, false)]
    [DataRow(2048, false)]
    public void Distances_of_long_positive_rows_keep_their_precision(int dimension, bool equalValues)
    {
        var random = new Random(1);
        float[] direction = [.. Enumerable.Range(0, dimension).Select(_ => equalValues ? 0.1f : 0.05f + random.NextSingle())];
        double[] basis = [.. direction.Select(x => x / Embeddings.Length(direction))];
        var model = new ModelledEmbedding(Array.ConvertAll(basis, x => (float)x), dimension, [1.0], scores: null);

        foreach (double share in (double[])[0.5, 0.3, 0.2, 0.1, 0.08, 0.07, 0.064, 0.06, 1e-3])
        {
            float[] row = RowNear(basis, share, seed: 10);
            double expected = Residual(basis, row);
            double tolerance = Math.Max(1e-4 * expected, 1e-6 * Embeddings.Length(row));
            Assert.AreEqual(expected, model.DistanceToHyperplane(row)[0], tolerance, $"residual share {share}");
        }
    }

    private static float[] RowNear(double[] basis, double share, int seed)
    {
        float[] any = Embeddings.Gaussian(1, basis.Length, seed);
        double along = Dot(basis, any);
        double[] normal = [.. any.Select((x, i) => x - (along * basis[i]))];
        double length = Math.Sqrt(normal.Sum(x => x * x));
        return [.. basis.Select((v, i) => (float)(10 * ((Math.Sqrt(1 - (share * share)) * v) + (share * normal[i] / length))))];
    }

    private static double Residual(double[] basis, float[] row)
    {
        double along = Dot(basis, row);
        return Math.Sqrt(row.Select((x, i) => x - (along * basis[i])).Sum(r => r * r));
    }

    private static double Dot(double[] basis, float[] row) => basis.Select((v, i) => v * row[i]).Sum();
}
