namespace Dime.MLNet.Tests.Modelling;

/// <summary>However the rows arrive, the sums and the model are those of one fit.</summary>
[TestClass]
public sealed class AccumulatorSplitTests
{
    private const int Dimension = 33;
    private const int RowCount = 1000;

    private readonly float[] _rows = Embeddings.Features(RowCount, Dimension, 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(64)]
    [DataRow(333)]
    [DataRow(1000)]
    public void Rows_may_be_added_in_any_split(int rowsAtOnce)
    {
        var sums = new EmbeddingAccumulator(Dimension);
        foreach (float[] part in _rows.Chunk(rowsAtOnce * Dimension))
        {
            sums.Add(part);
        }

        AssertAsOneFit(sums);
    }

    [TestMethod]
    public void Rows_may_be_added_in_any_order()
    {
        float[][] shuffled = Embeddings.Split(_rows, Dimension);
        new Random(1).Shuffle(shuffled);
        var sums = new EmbeddingAccumulator(Dimension);
        sums.Add([.. shuffled.SelectMany(row => row)]);

        AssertAsOneFit(sums);
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(10)]
    public void Parts_may_be_merged_in_any_order(int parts)
    {
        EmbeddingAccumulator[] sums = [.. _rows.Chunk((RowCount / parts * Dimension) + Dimension).Select(Sum)];
        new Random(2).Shuffle(sums);
        var merged = new EmbeddingAccumulator(Dimension);
        foreach (EmbeddingAccumulator part in sums)
        {
            merged.Merge(part);
        }

        AssertAsOneFit(merged);
    }

    [TestMethod]
    public void Merging_leaves_the_other_sums_as_they_are()
    {
        EmbeddingAccumulator first = Sum(_rows[..(10 * Dimension)]);
        EmbeddingAccumulator second = Sum(_rows[(10 * Dimension)..]);
        double[] before = SameModels.MatrixOf(second);

        first.Merge(second);
        first.Add(_rows);

        Assert.AreEqual(RowCount - 10, second.Count);
        CollectionAssert.AreEqual(before, SameModels.MatrixOf(second));
    }

    [TestMethod]
    public void Merging_with_itself_doubles_the_sums()
    {
        EmbeddingAccumulator sums = Sum([1, 2, 3, 4, float.NaN, 1]);

        sums.Merge(sums);

        Assert.AreEqual(4, sums.Count);
        Assert.AreEqual(2, sums.SkippedCount);
        Assert.AreEqual(4, sums.TotalWeight);
        CollectionAssert.AreEqual(new double[] { 20, 28, 28, 40 }, SameModels.MatrixOf(sums));

        static EmbeddingAccumulator Sum(float[] rows)
        {
            var sums = new EmbeddingAccumulator(2);
            sums.Add(rows);
            return sums;
        }
    }

    [TestMethod]
    public void Merging_adds_up_what_was_skipped()
    {
        var first = new EmbeddingAccumulator(2);
        first.Add([float.NaN, 1, 1, 2]);
        var second = new EmbeddingAccumulator(2);
        second.Add([1, float.PositiveInfinity, 3, float.NaN]);

        first.Merge(second);

        Assert.AreEqual(1, first.Count);
        Assert.AreEqual(3, first.SkippedCount);
    }

    [TestMethod]
    public void Sums_of_another_dimension_do_not_merge()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => new EmbeddingAccumulator(3).Merge(new EmbeddingAccumulator(4)));

        Assert.AreEqual("other", error.ParamName);
        StringAssert.Contains(error.Message, "3", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "4", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentNullException>(() => new EmbeddingAccumulator(3).Merge(null!));
    }

    [TestMethod]
    public void Sums_are_those_of_the_definition()
    {
        var sums = new EmbeddingAccumulator(2);
        sums.Add([1, 2, 3, -4]);

        Assert.AreEqual(2, sums.Dimension);
        Assert.AreEqual(2, sums.Count);
        Assert.AreEqual(2, sums.TotalWeight);
        Assert.AreEqual(0, sums.SkippedCount);
        CollectionAssert.AreEqual(new double[] { 10, -10, -10, 20 }, SameModels.MatrixOf(sums));
        CollectionAssert.AreEqual(new double[] { 4, -2 }, sums.Moment.Sum.ToArray());
    }

    [TestMethod]
    public void Rows_added_after_a_fit_do_not_change_its_model()
    {
        EmbeddingAccumulator sums = Sum(_rows);
        ModelledEmbedding model = sums.Fit(rank: 6);
        float[] before = model.DistanceToHyperplane(_rows);

        sums.Add(Embeddings.Gaussian(500, Dimension, 9, scale: 100));

        PrecisionAssert.SameBits(before, model.DistanceToHyperplane(_rows));
        Assert.AreNotEqual(before[0], sums.Fit(rank: 6).DistanceToHyperplane(_rows)[0]);
    }

    [TestMethod]
    public void No_rows_change_nothing()
    {
        EmbeddingAccumulator sums = Sum(_rows);
        double[] before = SameModels.MatrixOf(sums);

        sums.Add([]);
        sums.Add([], []);
        sums.Merge(new EmbeddingAccumulator(Dimension));

        Assert.AreEqual(RowCount, sums.Count);
        CollectionAssert.AreEqual(before, SameModels.MatrixOf(sums));
    }

    [TestMethod]
    public void Length_that_is_no_multiple_of_the_dimension_is_an_error()
    {
        var sums = new EmbeddingAccumulator(3);

        Assert.AreEqual("rows", Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[4])).ParamName);
        Assert.AreEqual("rows", Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[4], new float[1])).ParamName);
        Assert.AreEqual(0, sums.Count);
    }

    private static EmbeddingAccumulator Sum(float[] rows)
    {
        var sums = new EmbeddingAccumulator(Dimension);
        sums.Add(rows);
        return sums;
    }

    private void AssertAsOneFit(EmbeddingAccumulator sums)
    {
        EmbeddingAccumulator once = Sum(_rows);
        Assert.AreEqual(RowCount, sums.Count);
        Assert.AreEqual(RowCount, sums.TotalWeight);
        SameModels.Sums(once, sums);
        SameModels.Distances(ModelledEmbedding.Fit(_rows, Dimension, rank: 6), sums.Fit(rank: 6), _rows);
    }
}
