using Dime.MLNet.Numerics.Eigen;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Numerics.Eigen;

[TestClass]
public sealed class DenseProductTests
{
    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(3, 5, 2)]
    [DataRow(33, 257, 25)]
    [DataRow(70, 300, 100)]
    [DataRow(256, 31, 64)]
    public void Products_match_another_library(int rows, int depth, int columns)
    {
        Matrix<double> left = Matrix<double>.Build.Random(rows, depth, 1);
        Matrix<double> right = Matrix<double>.Build.Random(depth, columns, 2);
        double[] expected = (left * right).ToRowMajorArray();

        AssertClose(expected, DenseProduct.Multiply(left.ToRowMajorArray(), right.ToRowMajorArray(), depth), depth);
        AssertClose(
            expected, DenseProduct.MultiplyByTranspose(left.ToRowMajorArray(), right.Transpose().ToRowMajorArray(), depth), depth);
    }

    private static void AssertClose(double[] expected, double[] actual, int depth)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-14 * depth, $"element {i}");
        }
    }
}
