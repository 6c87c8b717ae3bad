using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Rows;
using Dime.MLNet.Numerics.Simd;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Numerics.Rows;

[TestClass]
public sealed class RowMixingTests
{
    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(2, 5, 1)]
    [DataRow(4, 131, 2)]
    [DataRow(9, 261, 2)]
    [DataRow(17, 128, -1)]
    public void Mixing_is_solved_by_the_factor_of_the_products(int count, int depth, int threads)
    {
        Matrix<double> mixing = Dense(count, depth, seed: 1), vectors = Dense(count, count + 3, seed: 2);
        Matrix<double> products = vectors.TransposeAndMultiply(vectors);

        RowMixing solved = Of(mixing).Orthonormalized(Upper(products), threads);

        Assert.AreEqual(count, solved.Count);
        Matrix<double> difference = Values(solved, depth) - products.Cholesky().Factor.LowerTriangle().Solve(mixing);
        Assert.AreEqual(0, difference.Enumerate().Max(Math.Abs), 1e-10);
    }

    [TestMethod]
    [DataRow(0.0, 2)]
    [DataRow(1e-4, 2)]
    [DataRow(1e-2, 4)]
    public void Vectors_end_before_the_first_that_is_no_direction_of_its_own(double ownPart, int expected)
    {
        // The third is in the span of the first two, but for a part of its own.
        Matrix<double> vectors = Dense(4, 30, seed: 3);
        vectors.SetRow(2, vectors.Row(0) + vectors.Row(1) + (ownPart * vectors.Row(2)));

        Assert.AreEqual(expected, Of(Dense(4, 7, seed: 4)).Orthonormalized(Upper(vectors.TransposeAndMultiply(vectors)), threads: 1).Count);
    }

    [TestMethod]
    public void First_vector_stays_whatever_its_length()
    {
        Matrix<double> none = Matrix<double>.Build.Dense(3, 3);

        Assert.AreEqual(1, Of(Dense(3, 7, seed: 4)).Orthonormalized(Upper(none), threads: 1).Count);
    }

    private static Matrix<double> Dense(int rows, int columns, int seed)
    {
        float[] values = Oracle.Random(rows * columns, seed);
        return Matrix<double>.Build.Dense(rows, columns, (i, j) => values[(i * columns) + j]);
    }

    // Eigenvalues of 1 leave the vectors as they are.
    private static RowMixing Of(Matrix<double> mixing) => RowMixing.Of(new EigenPairs(
        mixing.ColumnCount, [.. Enumerable.Repeat(1.0, mixing.RowCount)], [.. mixing.EnumerateRows().SelectMany(row => row)], [], 1, mixing.RowCount));

    private static UpperMatrix Upper(Matrix<double> symmetric)
    {
        var upper = new UpperMatrix(symmetric.RowCount, 1, TileKernels.Double);
        for (int i = 0; i < symmetric.RowCount; i++)
        {
            Span<double> row = upper.Row(i);
            for (int j = 0; j < row.Length; j++)
            {
                row[j] = symmetric[i, i + j];
            }
        }

        return upper;
    }

    private static Matrix<double> Values(RowMixing mixing, int depth)
    {
        int width = TileKernel<double>.PanelWidth;
        return Matrix<double>.Build.Dense(mixing.Count, depth, (j, i) => mixing.Panels.Span[(((j / width * depth) + i) * width) + (j % width)]);
    }
}
