using Dime.MLNet.Numerics.Eigen;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Numerics.Eigen;

/// <summary>What makes pairs the leading eigenpairs of a matrix, computed with another library.</summary>
internal static class SymmetricEigenAssert
{
    private const double Epsilon = 1.0 / (1L << 52);

    /// <summary>M·v = λ·v, VᵀV = I, descending positive values, and the sign of each vector.</summary>
    public static void AreEigenpairs(double[] matrix, int order, EigenPairs pairs)
    {
        Assert.AreEqual(order, pairs.Order);
        Assert.AreEqual((long)pairs.Count * order, pairs.Vectors.LongLength);
        if (pairs.Count == 0)
        {
            return;
        }

        // Divided by the largest value, so that the products cannot leave the range of a double.
        double largest = pairs.Values[0];
        Matrix<double> m = Matrix<double>.Build.Dense(order, order, (i, j) => matrix[(i * order) + j] / largest);
        Matrix<double> v = Matrix<double>.Build.Dense(pairs.Count, order, (i, j) => pairs.Vectors[(i * order) + j]);
        Matrix<double> lambda = Matrix<double>.Build.DenseDiagonal(pairs.Count, pairs.Count, i => pairs.Values[i] / largest);
        double tolerance = 1e-14 * Math.Max(order, 10);
        AssertSmall((v * m) - (lambda * v), tolerance, "residual");
        AssertSmall((v * v.Transpose()) - Matrix<double>.Build.DenseIdentity(pairs.Count), tolerance, "orthogonality");
        for (int i = 0; i < pairs.Count; i++)
        {
            Assert.IsGreaterThan(0.0, pairs.Values[i]);
            Assert.IsLessThanOrEqualTo(pairs.Values[Math.Max(i - 1, 0)], pairs.Values[i]);
            double[] vector = pairs.Vectors.AsSpan(i * order, order).ToArray();
            Assert.IsGreaterThan(0.0, vector.MaxBy(Math.Abs));
        }
    }

    /// <summary>The values agree with the largest of the expected ones to P·ε·λ₁.</summary>
    public static void HasValues(IEnumerable<double> expected, EigenPairs pairs)
    {
        double[] descending = [.. expected.OrderDescending()];
        double tolerance = 4.0 * Math.Max(descending.Length, 4) * Epsilon * descending[0];
        for (int i = 0; i < pairs.Count; i++)
        {
            Assert.AreEqual(descending[i], pairs.Values[i], tolerance, $"value {i} of {descending.Length}");
        }
    }

    private static void AssertSmall(Matrix<double> difference, double tolerance, string what) =>
        Assert.IsLessThan(tolerance, difference.Enumerate().Max(Math.Abs), what);
}
