using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Tests.Numerics.Rows;

[TestClass]
public sealed class RowSpaceTests
{
    [TestMethod]
    [DataRow(1, 3)]
    [DataRow(5, 700)]
    [DataRow(40, 513)]
    public void Vectors_are_orthonormal_and_span_the_rows(int count, int dimension) => AssertSpan(count, dimension);

    [TestMethod]
    public void More_vectors_than_a_part_of_rows_are_orthonormal_and_span_them() => AssertSpan(300, 1030);

    private static void AssertSpan(int count, int dimension)
    {
        float[] rows = Oracle.Random(count * dimension, seed: 1);

        RowSpace space = Of(rows, dimension);

        Assert.AreEqual(count, space.Count);
        AssertOrthonormal(space);
        double[] distances = Oracle.Distances(rows, space.Basis, dimension);
        Assert.AreEqual(0, distances.Max(), 2e-6 * Math.Sqrt(dimension));
        for (int j = 0; j < count; j++)
        {
            Assert.IsGreaterThan(0, Enumerable.Range(0, dimension).Select(p => space.Basis[(p * count) + j]).MaxBy(Math.Abs));
        }
    }

    /// <summary>Eigenvalues that all are alike, and such as fall to the rounding of the largest.</summary>
    [TestMethod]
    [DataRow(0.0)]
    [DataRow(-0.02)]
    [DataRow(-0.05)]
    [DataRow(-0.1)]
    [DataRow(-0.3)]
    public void Vectors_are_orthonormal_also_for_clustered_and_tiny_eigenvalues(double exponent)
    {
        const int Count = 120, Dimension = 1000;
        float[] rows = Graded(Count, Dimension, exponent);

        RowSpace space = Of(rows, Dimension);

        Assert.IsGreaterThan(20, space.Count);
        AssertOrthonormal(space);
    }

    [TestMethod]
    public void Clusters_of_tiny_eigenvalues_are_told_apart_from_rounding()
    {
        // 10 large directions, 30 that are 1e-6 of them, 1e-12 as eigenvalues, and 40 rows that add nothing.
        const int Dimension = 900;
        float[] basis = Oracle.OrthonormalBasis(Dimension, 40, seed: 2);
        float[] rows = new float[80 * Dimension];
        for (int i = 0; i < 80; i++)
        {
            for (int p = 0; p < Dimension; p++)
            {
                rows[(i * Dimension) + p] = (i % 40 < 10 ? 1f : 1e-6f) * basis[(p * 40) + (i % 40)];
            }
        }

        RowSpace space = Of(rows, Dimension);

        Assert.AreEqual(40, space.Count);
        AssertOrthonormal(space);
        double[] distances = Oracle.Distances(rows, space.Basis, Dimension);
        Assert.AreEqual(0, distances.Take(10).Max(), 1e-6);
        Assert.AreEqual(0, distances.Skip(10).Take(30).Max(), 1e-9);
    }

    [TestMethod]
    public void Products_are_those_of_the_vectors()
    {
        const int Count = 50, Dimension = 1100;
        float[] rows = Oracle.Random(Count * Dimension, seed: 3);
        double[] vectors = [.. Oracle.Random(7 * Dimension, seed: 4).Select(x => (double)x)];

        RowSpace space = Of(rows, Dimension, vectors);

        for (int v = 0; v < 7; v++)
        {
            for (int j = 0; j < Count; j++)
            {
                double expected = Enumerable.Range(0, Dimension).Sum(p => vectors[(v * Dimension) + p] * space.Basis[(p * Count) + j]);
                Assert.AreEqual(expected, space.Products[(v * Count) + j], 1e-6);
            }
        }
    }

    [TestMethod]
    public void The_bits_do_not_depend_on_threads()
    {
        const int Count = 90, Dimension = 3000;
        float[] rows = Graded(Count, Dimension, -0.05);
        RowSpace serial = Of(rows, Dimension, threads: 1);

        foreach (int threads in new[] { 2, 3, -1 })
        {
            RowSpace parallel = Of(rows, Dimension, threads: threads);
            CollectionAssert.AreEqual(serial.Basis, parallel.Basis);
            CollectionAssert.AreEqual(serial.Products, parallel.Products);
        }
    }

    private static RowSpace Of(float[] rows, int dimension, double[]? vectors = null, int threads = -1)
    {
        ScaledRows kept = GramMatrixTests.Kept(rows, dimension);
        EigenPairs pairs = SymmetricEigen.ForShare(GramMatrix.Of(kept, threads), dimension, 1);
        return RowSpace.Of(kept, pairs, vectors ?? new double[dimension], threads);
    }

    /// <summary>Row i is 10^(i·exponent) of a vector of length 1 that is orthogonal to all others.</summary>
    private static float[] Graded(int count, int dimension, double exponent)
    {
        float[] basis = Oracle.OrthonormalBasis(dimension, count, seed: 5);
        return [.. Enumerable.Range(0, count * dimension)
            .Select(i => (float)(Math.Pow(10, i / dimension * exponent) * basis[(i % dimension * count) + (i / dimension)]))];
    }

    private static void AssertOrthonormal(RowSpace space)
    {
        int count = space.Count;
        double[] products = new double[count * count];
        for (int start = 0; start < space.Basis.Length; start += count)
        {
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < count; j++)
                {
                    products[(i * count) + j] += (double)space.Basis[start + i] * space.Basis[start + j];
                }
            }
        }

        for (int i = 0; i < products.Length; i++)
        {
            Assert.AreEqual(i / count == i % count ? 1 : 0, products[i], 1e-6, $"vectors {i / count} and {i % count}");
        }
    }
}
