namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class FitErrorTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(-3)]
    public void Dimension_below_1_is_an_error(int dimension)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ModelledEmbedding.Fit([1, 2, 3], dimension));

        Assert.AreEqual("dimension", error.ParamName);
        Assert.AreEqual(dimension, error.ActualValue);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingAccumulator(dimension));
    }

    [TestMethod]
    public void Length_that_is_no_multiple_of_the_dimension_is_an_error()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => ModelledEmbedding.Fit(new float[7], 3));

        Assert.AreEqual("rows", error.ParamName);
        StringAssert.Contains(error.Message, "7", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "3", StringComparison.Ordinal);
    }

    [TestMethod]
    public void No_rows_are_an_error_that_says_to_add_some()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => ModelledEmbedding.Fit([], 3));

        StringAssert.Contains(error.Message, "row", StringComparison.Ordinal);
        Assert.ThrowsExactly<InvalidOperationException>(() => new EmbeddingAccumulator(3).Fit());
    }

    [TestMethod]
    public void Zeros_only_are_an_error_that_says_so()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => ModelledEmbedding.Fit(new float[12], 3));

        StringAssert.Contains(error.Message, "zero", StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void Rows_without_weight_are_an_error_that_says_so()
    {
        var sums = new EmbeddingAccumulator(2);
        sums.Add([1, 2, 3, 4], [0, 0]);

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => sums.Fit());

        StringAssert.Contains(error.Message, "weight", StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void Rows_none_of_which_is_finite_are_an_error_that_counts_them()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(
            () => ModelledEmbedding.Fit([float.NaN, 1, 2, float.PositiveInfinity, float.NegativeInfinity, 0], 2));

        StringAssert.Contains(error.Message, "3", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "finite", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Bad_arguments_are_reported_before_the_data_is_looked_at()
    {
        Assert.AreEqual("rank", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ModelledEmbedding.Fit([], 3, rank: 4)).ParamName);
        Assert.AreEqual("rank", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingAccumulator(3).Fit(rank: 4)).ParamName);
    }
}
