namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class RankSelectionTests
{
    // XᵀX = diag(8, 4, 2, 2): the cumulative shares 0.5, 0.75, 0.875 and 1 are exact in binary.
    private static float[] Halves =>
    [
        2, 0, 0, 0,
        2, 0, 0, 0,
        0, 2, 0, 0,
        0, 0, 1, 0,
        0, 0, 1, 0,
        0, 0, 0, 1,
        0, 0, 0, 1,
    ];

    [TestMethod]
    [DataRow(1e-9, 1)]
    [DataRow(0.499, 1)]
    [DataRow(0.5, 1)]
    [DataRow(0.501, 2)]
    [DataRow(0.75, 2)]
    [DataRow(0.751, 3)]
    [DataRow(0.875, 3)]
    [DataRow(0.876, 4)]
    [DataRow(1.0, 4)]
    public void Threshold_picks_the_smallest_rank_that_reaches_it(double threshold, int rank)
    {
        Assert.AreEqual(rank, ModelledEmbedding.Fit(Halves, 4, threshold).Rank);
    }

    [TestMethod]
    [DataRow(0.3)]
    [DataRow(0.6)]
    [DataRow(0.8)]
    [DataRow(0.9)]
    [DataRow(0.95)]
    [DataRow(0.99)]
    [DataRow(0.999)]
    public void Rank_by_threshold_agrees_with_the_singular_values(double threshold)
    {
        float[] rows = Embeddings.Features(200, 25, 1);
        IReadOnlyList<double> shares = new DoublePrecisionDime(rows, 25, 1).AllExplainedVariance;
        int expected = Enumerable.Range(1, 25).First(k => shares.Take(k).Sum() >= threshold);

        Assert.AreEqual(expected, ModelledEmbedding.Fit(rows, 25, threshold).Rank);
    }

    [TestMethod]
    public void Threshold_is_99_percent_unless_given()
    {
        float[] rows = Embeddings.Features(200, 25, 1);
        int expected = ModelledEmbedding.Fit(rows, 25, 0.99).Rank;
        var sums = new EmbeddingAccumulator(25);
        sums.Add(rows);

        Assert.AreEqual(expected, ModelledEmbedding.Fit(rows, 25).Rank);
        Assert.AreEqual(expected, sums.Fit().Rank);
        Assert.AreNotEqual(25, expected);
    }

    [TestMethod]
    [DataRow(3, 60, 10)]
    [DataRow(1, 8, 5)]
    [DataRow(7, 40, 7)]
    public void Threshold_of_1_picks_the_numerical_rank(int rank, int rows, int dimension)
    {
        Assert.AreEqual(rank, ModelledEmbedding.Fit(Embeddings.OfRank(rank, rows, dimension, 1), dimension, 1.0).Rank);
    }

    [TestMethod]
    public void Fewer_rows_than_values_have_as_many_directions_as_rows()
    {
        Assert.AreEqual(5, ModelledEmbedding.Fit(Embeddings.Gaussian(5, 30, 1), 30, 1.0).Rank);
    }

    [TestMethod]
    public void Given_rank_overrides_the_threshold()
    {
        Assert.AreEqual(3, ModelledEmbedding.Fit(Halves, 4, 0.5, rank: 3).Rank);
    }

    [TestMethod]
    public void Rank_may_be_the_whole_dimension()
    {
        Assert.AreEqual(4, ModelledEmbedding.Fit(Halves, 4, rank: 4).Rank);
    }

    [TestMethod]
    public void Rank_above_the_numerical_rank_is_an_error_that_names_it()
    {
        float[] rows = Embeddings.OfRank(3, 60, 10, 1);

        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ModelledEmbedding.Fit(rows, 10, rank: 4));

        Assert.AreEqual("rank", error.ParamName);
        Assert.AreEqual(4, error.ActualValue);
        StringAssert.Contains(error.Message, "3", StringComparison.Ordinal);
        Assert.AreEqual(3, ModelledEmbedding.Fit(rows, 10, rank: 3).Rank);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(5)]
    public void Rank_outside_of_the_dimension_is_an_error(int rank)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ModelledEmbedding.Fit(Halves, 4, rank: rank));

        Assert.AreEqual("rank", error.ParamName);
        Assert.AreEqual(rank, error.ActualValue);
        StringAssert.Contains(error.Message, "4", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(-0.5)]
    [DataRow(1.0000001)]
    [DataRow(99.0)]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void Threshold_outside_of_0_to_1_is_an_error(double threshold)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ModelledEmbedding.Fit(Halves, 4, threshold));

        Assert.AreEqual("explainedVarianceThreshold", error.ParamName);
        Assert.AreEqual(threshold, error.ActualValue);
    }

    [TestMethod]
    public void Explained_variance_falls_and_adds_up_to_1()
    {
        IReadOnlyList<double> shares = ModelledEmbedding.Fit(Embeddings.Features(200, 25, 1), 25, rank: 25).ExplainedVariance;

        CollectionAssert.AreEqual(shares.OrderDescending().ToArray(), shares.ToArray());
        Assert.AreEqual(1, shares.Sum(), 1e-12);
    }
}
