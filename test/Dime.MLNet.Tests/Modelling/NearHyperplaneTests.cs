using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>Rows in and almost in the hyperplane, where ‖x‖² − ‖s‖² cancels, of any length.</summary>
[TestClass]
public sealed class NearHyperplaneTests
{
    [TestMethod]
    [DataRow(24, 6)]
    [DataRow(130, 33)]
    [DataRow(17, 16)]
    public void Small_residuals_keep_their_precision_at_any_length(int dimension, int rank)
    {
        float[] train = Embeddings.Features(3 * dimension, dimension, 1);
        var model = ModelledEmbedding.Fit(train, dimension, rank: rank);
        var exact = new DoublePrecisionDime(train, dimension, rank);

        foreach (double length in (double[])[1e-20, 1e-3, 1, 1e5, 1e20])
        {
            PrecisionAssert.Distances(model, exact, RowsNear(exact, length, [1, 0.3, 0.1, 0.07, 0.064, 0.06, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 0]));
        }
    }

    [TestMethod]
    public void Every_residual_around_the_change_of_method_keeps_its_precision()
    {
        float[] train = Embeddings.Features(200, 60, 1);
        var model = ModelledEmbedding.Fit(train, 60, rank: 10);
        var exact = new DoublePrecisionDime(train, 60, 10);

        PrecisionAssert.Distances(model, exact, RowsNear(exact, 1, [.. Enumerable.Range(0, 400).Select(i => Math.Pow(10, -i / 100.0))]));
    }

    [TestMethod]
    public void Training_rows_of_a_hyperplane_of_their_rank_are_in_it()
    {
        float[] train = Embeddings.OfRank(3, 50, 10, 1);
        var model = ModelledEmbedding.Fit(train, 10, rank: 3);

        float[] distances = model.DistanceToHyperplane(train);

        float[][] rows = Embeddings.Split(train, 10);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(1e-6 * Embeddings.Length(rows[i]), distances[i]);
        }
    }

    [TestMethod]
    public void A_hyperplane_of_all_directions_leaves_no_distance()
    {
        float[] train = Embeddings.Gaussian(40, 7, 1);
        var model = ModelledEmbedding.Fit(train, 7, rank: 7);

        foreach (float distance in model.DistanceToHyperplane(Embeddings.Gaussian(20, 7, 2)))
        {
            Assert.IsLessThanOrEqualTo(1e-6 * 10, distance);
        }
    }

    [TestMethod]
    public void A_row_orthogonal_to_the_hyperplane_is_as_far_as_it_is_long()
    {
        var model = ModelledEmbedding.Fit([3, 0, 0, 0, 2, 0], 3, rank: 2);

        CollectionAssert.AreEqual(new[] { 5f, 5e-20f, 5e20f }, model.DistanceToHyperplane([0, 0, 5, 0, 0, 5e-20f, 0, 0, 5e20f]));
    }

    [TestMethod]
    public void A_row_of_zeros_is_in_every_hyperplane()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(30, 5, 1), 5, rank: 2);

        CollectionAssert.AreEqual(new[] { 0f }, model.DistanceToHyperplane(new float[5]));
    }

    private static float[] RowsNear(DoublePrecisionDime exact, double length, double[] residualShares) =>
        [.. residualShares.SelectMany((share, i) => RowNear(exact.Inside(100 + i), exact.Normal(500 + i), share, length))];

    private static IEnumerable<float> RowNear(Vector<double> inside, Vector<double> normal, double share, double length) =>
        (length * ((Math.Sqrt(1 - (share * share)) * inside) + (share * normal))).Select(x => (float)x);
}
