using System.Globalization;

namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class AccumulatorWeightTests
{
    private const int Dimension = 14;

    private readonly float[] _rows = Embeddings.Features(150, Dimension, 1);

    [TestMethod]
    public void A_weight_of_2_equals_the_row_twice()
    {
        float[] weights = [.. Enumerable.Range(0, 150).Select(i => i % 3 == 0 ? 2f : 1f)];
        float[] repeated = [.. Embeddings.Split(_rows, Dimension).SelectMany((row, i) => i % 3 == 0 ? row.Concat(row) : row)];

        AssertSame(Sum(repeated), Sum(_rows, weights));
    }

    [TestMethod]
    public void A_weight_of_0_equals_no_row()
    {
        float[] weights = [.. Enumerable.Range(0, 150).Select(i => i % 4 == 0 ? 0f : 1f)];
        float[] left = [.. Embeddings.Split(_rows, Dimension).Where((_, i) => i % 4 != 0).SelectMany(row => row)];

        AssertSame(Sum(left), Sum(_rows, weights));
    }

    [TestMethod]
    public void Weights_of_1_equal_none()
    {
        AssertSame(Sum(_rows), Sum(_rows, [.. Enumerable.Repeat(1f, 150)]));
    }

    [TestMethod]
    public void Weighted_rows_may_be_added_in_any_split()
    {
        float[] weights = [.. Embeddings.Gaussian(150, 1, 2).Select(Math.Abs)];
        var parts = new EmbeddingAccumulator(Dimension);
        foreach (int[] part in Enumerable.Range(0, 150).Chunk(11))
        {
            parts.Add(_rows.AsSpan(part[0] * Dimension, part.Length * Dimension), weights.AsSpan(part[0], part.Length));
        }

        AssertSame(Sum(_rows, weights), parts);
    }

    [TestMethod]
    public void Weight_is_summed_and_every_row_counted()
    {
        var sums = new EmbeddingAccumulator(2);
        sums.Add([1, 2, 3, 4, 5, 6], [0.5f, 0, 2]);
        sums.Add([1, 1]);

        Assert.AreEqual(4, sums.Count);
        Assert.AreEqual(3.5, sums.TotalWeight);
    }

    [TestMethod]
    [DataRow(-1f)]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void A_bad_weight_is_an_error_that_names_it_and_nothing_is_added(float weight)
    {
        var sums = new EmbeddingAccumulator(2);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => sums.Add([1, 2, 3, 4, 5, 6], [1, 1, weight]));

        Assert.AreEqual("weights", error.ParamName);
        StringAssert.Contains(error.Message, "2", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, weight.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.AreEqual(0, sums.Count);
        Assert.AreEqual(0, sums.TotalWeight);
        Assert.IsTrue(SameModels.MatrixOf(sums).All(x => x == 0));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    [DataRow(4)]
    public void As_many_weights_as_rows_are_needed(int count)
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingAccumulator(2).Add(new float[6], new float[count]));

        Assert.AreEqual("weights", error.ParamName);
        StringAssert.Contains(error.Message, $"{count}", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "3", StringComparison.Ordinal);
    }

    private static EmbeddingAccumulator Sum(float[] rows, float[]? weights = null)
    {
        var sums = new EmbeddingAccumulator(Dimension);
        if (weights is null)
        {
            sums.Add(rows);
        }
        else
        {
            sums.Add(rows, weights);
        }

        return sums;
    }

    private void AssertSame(EmbeddingAccumulator expected, EmbeddingAccumulator actual)
    {
        Assert.AreEqual(expected.TotalWeight, actual.TotalWeight, 1e-9);
        SameModels.Sums(expected, actual);
        SameModels.Distances(expected.Fit(rank: 5), actual.Fit(rank: 5), _rows);
    }
}
