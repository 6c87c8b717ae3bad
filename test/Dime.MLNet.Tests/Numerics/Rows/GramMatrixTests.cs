using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Tests.Numerics.Rows;

[TestClass]
public sealed class GramMatrixTests
{
    [TestMethod]
    [DataRow(1, 5)]
    [DataRow(2, 700)]
    [DataRow(15, 16)]
    [DataRow(17, 511)]
    [DataRow(33, 513)]
    [DataRow(70, 1100)]
    public void Products_match_double_loops(int count, int dimension)
    {
        float[] rows = Oracle.Random(count * dimension, seed: 1);
        float[] weights = [.. Oracle.Random(count, seed: 2).Select(w => 1 + w)];
        double[] factors = [.. Oracle.Random(count, seed: 3).Select(f => (double)f)];
        double[] centre = [.. Oracle.Random(dimension, seed: 4).Select(c => (double)c)];
        double[] reciprocals = [.. Oracle.Random(dimension, seed: 5).Select(d => d < -0.9 ? 0 : 2.0 + d)];

        Assert.AreEqual(0, Difference(Kept(rows, dimension), (i, c) => rows[(i * dimension) + c]), 1e-12 * dimension);
        Assert.AreEqual(
            0,
            Difference(Kept(rows, dimension, weights, factors), (i, c) => Math.Sqrt(weights[i]) * factors[i] * rows[(i * dimension) + c]),
            1e-12 * dimension);
        Assert.AreEqual(
            0,
            Difference(
                Kept(rows, dimension, weights, factors).Standardized(centre, reciprocals),
                (i, c) => Math.Sqrt(weights[i]) * ((factors[i] * rows[(i * dimension) + c]) - centre[c]) * reciprocals[c]),
            1e-12 * dimension);

        double Difference(ScaledRows scaled, Func<int, int, double> value)
        {
            UpperMatrix gram = GramMatrix.Of(scaled);
            double largest = 0;
            for (int i = 0; i < count; i++)
            {
                for (int j = i; j < count; j++)
                {
                    double expected = Enumerable.Range(0, dimension).Sum(c => value(i, c) * value(j, c));
                    largest = Math.Max(largest, Math.Abs(expected - gram.Row(i)[j - i]));
                }
            }

            return largest;
        }
    }

    [TestMethod]
    public void The_bits_depend_neither_on_threads_nor_on_how_rows_were_added()
    {
        const int Count = 150, Dimension = 2500;
        float[] rows = Oracle.Random(Count * Dimension, seed: 6);
        UpperMatrix expected = GramMatrix.Of(Kept(rows, Dimension), 1);

        foreach ((int step, int threads) in new[] { (1, 2), (7, 3), (150, -1) })
        {
            var kept = new KeptRows(Dimension);
            foreach (float[] part in rows.Chunk(step * Dimension))
            {
                kept.Add(part, []);
            }

            UpperMatrix actual = GramMatrix.Of(new ScaledRows(kept, null), threads);
            for (int i = 0; i < Count; i++)
            {
                Assert.IsTrue(expected.Row(i).SequenceEqual(actual.Row(i)), $"row {i}, {step} at a time, {threads} threads");
            }
        }
    }

    internal static ScaledRows Kept(float[] rows, int dimension, float[]? weights = null, double[]? factors = null)
    {
        var kept = new KeptRows(dimension);
        kept.Add(rows, weights);
        return new ScaledRows(kept, factors);
    }
}
