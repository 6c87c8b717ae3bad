using Dime.MLNet.Modelling;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>Rows that are kept and rows that are summed: which of the two is no matter of how they came.</summary>
[TestClass]
public sealed class WideAccumulatorTests
{
    private const int Dimension = 60;

    [TestMethod]
    [DataRow(20)]
    [DataRow(Dimension - 1)]
    [DataRow(Dimension)]
    [DataRow(2 * Dimension)]
    public void The_same_rows_in_the_same_order_have_the_same_bits_in_any_split(int count)
    {
        float[] rows = Embeddings.Features(count, Dimension, 1);
        float[] weights = [.. Enumerable.Range(0, count).Select(i => 0.3f + (i % 4))];
        float[] probe = Embeddings.Features(10, Dimension, 2);
        foreach (bool normalize in new[] { false, true })
        {
            ModelledEmbedding expected = Sum(rows, weights, count, normalize).Fit(0.9);
            foreach (int step in new[] { 1, 7, Dimension - 1, Dimension })
            {
                EmbeddingAccumulator split = Sum(rows, weights, step, normalize);
                Assert.AreEqual(count < Dimension, split.Rows is not null);
                ModelledEmbedding actual = split.Fit(0.9);
                PrecisionAssert.SameBits(expected.BasisVectors.Span, actual.BasisVectors.Span);
                PrecisionAssert.SameBits(expected.DistanceWithinHyperplane(probe), actual.DistanceWithinHyperplane(probe));
                CollectionAssert.AreEqual(expected.ExplainedVariance.ToArray(), actual.ExplainedVariance.ToArray());
            }
        }
    }

    [TestMethod]
    [DataRow(10, 20)]
    [DataRow(10, 70)]
    [DataRow(70, 10)]
    [DataRow(40, 40)]
    [DataRow(59, 1)]
    [DataRow(1, 58)]
    [DataRow(0, 5)]
    [DataRow(5, 0)]
    [DataRow(0, 80)]
    [DataRow(80, 0)]
    public void Parts_of_any_form_merge_to_the_form_of_all_rows(int first, int second)
    {
        float[] rows = Embeddings.Features(first + second, Dimension, 3);
        float[] weights = [.. Enumerable.Range(0, first + second).Select(i => 1f + (i % 2))];
        EmbeddingAccumulator whole = Sum(rows, weights, first + second);
        EmbeddingAccumulator left = Sum(rows[..(first * Dimension)], weights[..first], 9);
        EmbeddingAccumulator right = Sum(rows[(first * Dimension)..], [], 9);
        EmbeddingAccumulator weighted = Sum(rows[(first * Dimension)..], weights[first..], 9);
        double[] before = SameModels.MatrixOf(weighted);

        left.Merge(weighted);

        Assert.AreEqual(first + second < Dimension, left.Rows is not null);
        Assert.AreEqual(first + second, left.Count);
        Assert.AreEqual(whole.TotalWeight, left.TotalWeight);
        SameModels.Sums(whole, left);
        SameModels.Distances(whole.Fit(0.9), left.Fit(0.9), Embeddings.Features(10, Dimension, 4));
        CollectionAssert.AreEqual(before, SameModels.MatrixOf(weighted));

        // And the other way round, where only one of the two has weights.
        EmbeddingAccumulator turned = right;
        turned.Merge(Sum(rows[..(first * Dimension)], weights[..first], 9));
        EmbeddingAccumulator expected = Sum(rows, [.. weights[..first], .. Enumerable.Repeat(1f, second)], 9);
        Assert.AreEqual(expected.TotalWeight, turned.TotalWeight);
        Assert.AreEqual(expected.Rows is not null, turned.Rows is not null);
        SameModels.Sums(expected, turned);
        SameModels.Distances(expected.Fit(0.9), turned.Fit(0.9), Embeddings.Features(10, Dimension, 4));
    }

    [TestMethod]
    public void Rows_in_any_order_give_the_same_model()
    {
        float[] rows = Embeddings.Features(40, Dimension, 5);
        float[][] shuffled = Embeddings.Split(rows, Dimension);
        new Random(1).Shuffle(shuffled);

        SameModels.Distances(
            Sum(rows, [], 40).Fit(0.9), Sum([.. shuffled.SelectMany(row => row)], [], 40).Fit(0.9), Embeddings.Features(10, Dimension, 4));
    }

    [TestMethod]
    public void Rows_merged_with_themselves_count_twice_across_the_change_of_form()
    {
        EmbeddingAccumulator sums = Sum(Embeddings.Features(40, Dimension, 6), [], 40);
        double[] once = SameModels.MatrixOf(sums);

        sums.Merge(sums);

        Assert.AreEqual(80, sums.Count);
        Assert.IsNull(sums.Rows);
        double[] twice = SameModels.MatrixOf(sums);
        for (int i = 0; i < once.Length; i++)
        {
            Assert.AreEqual(2 * once[i], twice[i], 1e-12 * Math.Abs(twice[i]));
        }
    }

    [TestMethod]
    public void Rows_that_are_not_finite_are_not_kept()
    {
        float[] row = Embeddings.Gaussian(1, Dimension, 7);
        float[] bad = [.. row[1..], float.NaN];
        EmbeddingAccumulator sums = Sum([.. row, .. bad, .. row], [], 3);

        Assert.AreEqual(2, sums.Count);
        Assert.AreEqual(1, sums.SkippedCount);
        Assert.AreEqual(1, sums.Fit(1).Rank);
    }

    [TestMethod]
    public void Changing_an_array_after_it_was_added_changes_nothing()
    {
        float[] rows = Embeddings.Features(10, Dimension, 8);
        EmbeddingAccumulator sums = Sum(rows, [], 10);
        float[] basis = sums.Fit(rank: 3).BasisVectors.ToArray();

        Array.Clear(rows);

        PrecisionAssert.SameBits(basis, sums.Fit(rank: 3).BasisVectors.Span);
    }

    [TestMethod]
    public void Rows_that_no_form_can_hold_are_refused_with_the_memory_and_the_remedy()
    {
        Assert.IsTrue(FitMemory.KeepsRows(46_319, 46_320));
        Assert.IsFalse(FitMemory.KeepsRows(46_320, 46_320));
        Assert.IsTrue(FitMemory.KeepsRows(46_320, 60_000));

        string message = Assert.ThrowsExactly<InvalidOperationException>(() => FitMemory.KeepsRows(46_321, 60_000)).Message;
        Assert.Contains("46321 embeddings of 60000 values", message);
        Assert.Contains("57.6 GB", message);
        Assert.Contains("Pool", message);
    }

    private static EmbeddingAccumulator Sum(float[] rows, float[] weights, int step, bool normalize = false)
    {
        var sums = new EmbeddingAccumulator(Dimension, normalize);
        for (int first = 0; first < rows.Length / Dimension; first += step)
        {
            int end = Math.Min(first + step, rows.Length / Dimension);
            ReadOnlySpan<float> part = rows.AsSpan((first * Dimension)..(end * Dimension));
            if (weights.Length == 0)
            {
                sums.Add(part);
            }
            else
            {
                sums.Add(part, weights.AsSpan(first..end));
            }
        }

        return sums;
    }
}
