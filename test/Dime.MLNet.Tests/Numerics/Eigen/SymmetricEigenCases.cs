using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Numerics.Eigen;

/// <summary>Symmetric positive semidefinite matrices, row-major, with known spectra or known origin.</summary>
internal static class SymmetricEigenCases
{
    /// <summary>XᵀX of random rows.</summary>
    public static double[] SecondMoment(int order, int rows, int seed)
    {
        Matrix<double> x = Random(rows, order, seed);
        return Symmetric(x.TransposeThisAndMultiply(x));
    }

    /// <summary>Q·diag(values)·Qᵀ with a random orthogonal Q.</summary>
    public static double[] WithSpectrum(double[] values, int seed)
    {
        Matrix<double> q = Random(values.Length, values.Length, seed).QR().Q;
        return Symmetric(q * Matrix<double>.Build.Diagonal(values) * q.Transpose());
    }

    public static double[] Diagonal(params double[] values)
    {
        double[] matrix = new double[values.Length * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            matrix[(i * values.Length) + i] = values[i];
        }

        return matrix;
    }

    public static double[] Tridiagonal(int order, double diagonal, double offDiagonal)
    {
        double[] matrix = Diagonal([.. Enumerable.Repeat(diagonal, order)]);
        for (int i = 0; i + 1 < order; i++)
        {
            matrix[(i * order) + i + 1] = offDiagonal;
            matrix[((i + 1) * order) + i] = offDiagonal;
        }

        return matrix;
    }

    private static Matrix<double> Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        return Matrix<double>.Build.Dense(rows, columns, (_, _) => random.NextDouble() + random.NextDouble() - 1.0);
    }

    private static double[] Symmetric(Matrix<double> matrix) => ((matrix + matrix.Transpose()) * 0.5).ToRowMajorArray();
}
