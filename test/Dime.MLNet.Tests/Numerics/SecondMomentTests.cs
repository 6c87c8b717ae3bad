using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Simd;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Numerics.Simd;

namespace Dime.MLNet.Tests.Numerics;

[TestClass]
public sealed class SecondMomentTests
{
    private static readonly int[] _dimensions = [1, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 150];

    [TestMethod]
    public void Sums_match_double_loops_for_shapes_around_the_tiles()
    {
        foreach (int dimension in _dimensions)
        {
            foreach (int count in new[] { 1, 2, 9, 70, 600 })
            {
                float[] rows = Oracle.Random(count * dimension, seed: count);
                double[] expected = Oracle.SecondMoment(rows, null, dimension);
                foreach (TileKernel<double> kernel in Kernels.Double())
                {
                    var moment = new SecondMoment(dimension, -1, kernel);
                    moment.Add(rows);
                    AssertClose(expected, moment.ToSymmetricMatrix(), 1e-13 * count);
                    AssertClose(ColumnSums(rows, null, dimension), moment.Sum.ToArray(), 1e-13 * count);
                    Assert.AreEqual(count, moment.Count);
                    Assert.AreEqual(count, moment.WeightSum);
                }
            }
        }
    }

    [TestMethod]
    public void Weighted_sums_match_double_loops()
    {
        foreach (int dimension in _dimensions)
        {
            const int Count = 530;
            float[] rows = Oracle.Random(Count * dimension, seed: 1);
            float[] weights = [.. Oracle.Random(Count, seed: 2).Select(w => 1 + w)];
            var moment = new SecondMoment(dimension);

            moment.Add(rows, weights);

            AssertClose(Oracle.SecondMoment(rows, weights, dimension), moment.ToSymmetricMatrix(), 1e-10);
            AssertClose(ColumnSums(rows, weights, dimension), moment.Sum.ToArray(), 1e-10);
            Assert.AreEqual(weights.Sum(w => (double)w), moment.WeightSum, 1e-9);
            Assert.AreEqual(Count, moment.Count);
        }
    }

    [TestMethod]
    public void Sums_of_scaled_rows_match_double_loops()
    {
        foreach (int dimension in _dimensions)
        {
            const int Count = 530;
            float[] rows = Oracle.Random(Count * dimension, seed: 1);
            float[] weights = [.. Oracle.Random(Count, seed: 2).Select(w => 1 + w)];

            // Powers of two, so that the scaled rows are exact in single precision too.
            double[] factors = [.. Enumerable.Range(0, Count).Select(i => Math.ScaleB(1, (i % 5) - 2))];
            float[] scaled = [.. rows.Select((x, i) => (float)(x * factors[i / dimension]))];
            foreach (float[]? some in new[] { null, weights })
            {
                var moment = new SecondMoment(dimension);

                moment.AddScaled(rows.AsSpan(0, 100 * dimension), some is null ? [] : some.AsSpan(0, 100), factors.AsSpan(0, 100));
                moment.AddScaled(rows.AsSpan(100 * dimension), some is null ? [] : some.AsSpan(100), factors.AsSpan(100));

                AssertClose(Oracle.SecondMoment(scaled, some, dimension), moment.ToSymmetricMatrix(), 1e-9);
                AssertClose(ColumnSums(scaled, some, dimension), moment.Sum.ToArray(), 1e-9);
                Assert.AreEqual(some?.Sum(w => (double)w) ?? Count, moment.WeightSum, 1e-9);
                Assert.AreEqual(Count, moment.Count);
            }
        }
    }

    [TestMethod]
    public void Factors_of_scaled_rows_enter_in_double_precision()
    {
        const double Third = 1.0 / 3;
        var moment = new SecondMoment(2);

        moment.AddScaled([1, 3], [], [Third]);

        CollectionAssert.AreEqual(new[] { Third * Third, Third, Third, 1 }, moment.ToSymmetricMatrix());
        Assert.ThrowsExactly<ArgumentException>(() => moment.AddScaled([1, 3], [], [1, 2]));
        Assert.ThrowsExactly<ArgumentException>(() => moment.AddScaled([1, 3], [1, 2], [1]));
    }

    [TestMethod]
    public void Each_sum_is_one_chain_in_row_order_on_every_vector_width()
    {
        const int Dimension = 37, Count = 1100;
        float[] rows = Oracle.Random(Count * Dimension, seed: 3);
        double[] expected = Oracle.SecondMoment(rows, null, Dimension);

        foreach (TileKernel<double> kernel in Kernels.Double())
        {
            var moment = new SecondMoment(Dimension, -1, kernel);
            moment.Add(rows);
            CollectionAssert.AreEqual(expected, moment.ToSymmetricMatrix(), kernel.GetType().ToString());
        }
    }

    [TestMethod]
    public void The_bits_do_not_depend_on_threads()
    {
        const int Dimension = 230, Count = 1300;
        float[] rows = Oracle.Random(Count * Dimension, seed: 4);
        float[] weights = [.. Oracle.Random(Count, seed: 5).Select(Math.Abs)];
        SecondMoment serial = WithThreads(1);

        foreach (int threads in new[] { 2, 3, 8, -1 })
        {
            AssertSame(serial, WithThreads(threads));
        }

        SecondMoment WithThreads(int threads)
        {
            var moment = new SecondMoment(Dimension, threads);
            moment.Add(rows);
            moment.Add(rows, weights);
            return moment;
        }
    }

    [TestMethod]
    public void The_bits_do_not_depend_on_how_rows_are_split_into_calls_nor_on_reads_between()
    {
        const int Dimension = 90, Count = 1300;
        float[] rows = Oracle.Random(Count * Dimension, seed: 6);
        float[] weights = [.. Oracle.Random(Count, seed: 7).Select(Math.Abs)];
        var whole = new SecondMoment(Dimension);
        whole.Add(rows);
        whole.Add(rows, weights);

        foreach (int step in new[] { 1, 7, 256, 511, 1024 })
        {
            var split = new SecondMoment(Dimension);
            for (int first = 0; first < Count; first += step)
            {
                split.Add(Slice(first, step));
            }

            split.ToSymmetricMatrix();
            for (int first = 0; first < Count; first += step)
            {
                split.Add(Slice(first, step), weights.AsSpan(first, Math.Min(step, Count - first)));
                split.UpperRow(0);
            }

            AssertSame(whole, split);
        }

        ReadOnlySpan<float> Slice(int first, int count) =>
            rows.AsSpan(first * Dimension, Math.Min(count, Count - first) * Dimension);
    }

    [TestMethod]
    public void Weight_two_counts_like_the_row_twice()
    {
        const int Dimension = 50, Count = 300;
        float[] rows = Oracle.Random(Count * Dimension, seed: 8);
        var weighted = new SecondMoment(Dimension);
        var repeated = new SecondMoment(Dimension);

        weighted.Add(rows, [.. Enumerable.Repeat(2f, Count)]);
        for (int r = 0; r < Count; r++)
        {
            repeated.Add(rows.AsSpan(r * Dimension, Dimension));
            repeated.Add(rows.AsSpan(r * Dimension, Dimension));
        }

        AssertClose(repeated.ToSymmetricMatrix(), weighted.ToSymmetricMatrix(), 1e-11);
        AssertClose(repeated.Sum.ToArray(), weighted.Sum.ToArray(), 1e-11);
        Assert.AreEqual(repeated.WeightSum, weighted.WeightSum);
        Assert.AreEqual(Count, weighted.Count);
    }

    [TestMethod]
    public void Shards_merge_to_the_sums_of_all_rows()
    {
        const int Dimension = 64, Count = 700;
        float[] rows = Oracle.Random(Count * Dimension, seed: 9);
        float[] weights = [.. Oracle.Random(Count, seed: 10).Select(Math.Abs)];
        var whole = new SecondMoment(Dimension);
        var first = new SecondMoment(Dimension);
        var second = new SecondMoment(Dimension);
        whole.Add(rows, weights);
        first.Add(rows.AsSpan(0, 333 * Dimension), weights.AsSpan(0, 333));
        second.Add(rows.AsSpan(333 * Dimension), weights.AsSpan(333));

        first.AddFrom(second);

        double largest = whole.ToSymmetricMatrix().Max();
        AssertClose(whole.ToSymmetricMatrix(), first.ToSymmetricMatrix(), 1e-12 * largest);
        AssertClose(whole.Sum.ToArray(), first.Sum.ToArray(), 1e-12 * largest);
        Assert.AreEqual(whole.WeightSum, first.WeightSum, 1e-12 * whole.WeightSum);
        Assert.AreEqual(Count, first.Count);
    }

    [TestMethod]
    [DataRow(1e-20f)]
    [DataRow(1e20f)]
    [DataRow(3e38f)]
    public void Squares_neither_underflow_nor_overflow(float scale)
    {
        const int Dimension = 20;
        float[] rows = Oracle.Random(100 * Dimension, seed: 11, scale);
        var moment = new SecondMoment(Dimension);

        moment.Add(rows);

        CollectionAssert.AreEqual(Oracle.SecondMoment(rows, null, Dimension), moment.ToSymmetricMatrix());
    }

    [TestMethod]
    public void Restored_sums_go_on_where_the_saved_ones_stood()
    {
        const int Dimension = 45;
        float[] rows = Oracle.Random(800 * Dimension, seed: 12);
        var saved = new SecondMoment(Dimension);
        saved.Add(rows);

        var restored = SecondMoment.Restore(
            saved.Count, saved.WeightSum, saved.Sum, (row, i) => saved.UpperRow(i).CopyTo(row));

        AssertSame(saved, restored);
        saved.Add(rows);
        restored.Add(rows);
        AssertSame(saved, restored);
    }

    [TestMethod]
    public void Lengths_that_do_not_fit_together_are_refused()
    {
        var moment = new SecondMoment(10);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SecondMoment(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SecondMoment(SecondMoment.MaxDimension + 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SecondMoment(10, 0));
        RefusalAssert.Names(() => moment.Add(new float[19]), "19 values", "rows of 10");
        RefusalAssert.Names(() => moment.Add(new float[20], new float[1]), "2 rows", "there are 1");
        RefusalAssert.Names(() => moment.AddScaled(new float[20], [], new double[3]), "2 rows", "there are 3 and 0");
        RefusalAssert.Names(() => moment.AddScaled(new float[20], new float[1], new double[2]), "2 rows", "there are 2 and 1");
        RefusalAssert.Names(() => moment.AddFrom(new SecondMoment(11)), "rows of 11", "rows of 10");
        Assert.AreEqual(0, moment.Count);
    }

    private static double[] ColumnSums(float[] rows, float[]? weights, int dimension)
    {
        double[] sums = new double[dimension];
        for (int i = 0; i < rows.Length; i++)
        {
            sums[i % dimension] += (weights?[i / dimension] ?? 1d) * rows[i];
        }

        return sums;
    }

    private static void AssertSame(SecondMoment expected, SecondMoment actual)
    {
        CollectionAssert.AreEqual(expected.ToSymmetricMatrix(), actual.ToSymmetricMatrix());
        CollectionAssert.AreEqual(expected.Sum.ToArray(), actual.Sum.ToArray());
        Assert.AreEqual(expected.WeightSum, actual.WeightSum);
        Assert.AreEqual(expected.Count, actual.Count);
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
            {
                Assert.Fail($"Element {i} of {expected.Length}: {actual[i]:R} instead of {expected[i]:R}.");
            }
        }
    }
}
