using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Simd;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Numerics.Eigen;

/// <summary>How many pairs a share of the trace asks for.</summary>
[TestClass]
public sealed class SymmetricEigenShareTests
{
    [TestMethod]
    [DataRow(0.4, 1)]
    [DataRow(0.4000001, 2)]
    [DataRow(0.7, 2)]
    [DataRow(0.8999999, 3)]
    [DataRow(0.9, 3)]
    [DataRow(1.0, 4)]
    [DataRow(1e-9, 1)]
    public void A_share_takes_the_fewest_pairs_that_reach_it(double share, int expected)
    {
        Assert.AreEqual(expected, SymmetricEigen.ForShare(SymmetricEigenCases.Diagonal(3.0, 1.0, 4.0, 2.0), 4, share).Count);
        double[] rotated = SymmetricEigenCases.WithSpectrum([3.0, 1.0, 4.0, 2.0], seed: 13);
        Assert.AreEqual(expected, SymmetricEigen.ForShare(rotated, 4, share).Count);
    }

    [TestMethod]
    public void A_share_at_a_tie_is_reached_in_spite_of_rounding()
    {
        double[] values = [.. Enumerable.Repeat(1.0, 100)];
        for (int seed = 0; seed < 5; seed++)
        {
            double[] matrix = SymmetricEigenCases.WithSpectrum(values, seed);

            Assert.AreEqual(70, SymmetricEigen.ForShare(matrix, 100, 0.7).Count);
        }
    }

    [TestMethod]
    [DataRow(60, 60, 60)]
    [DataRow(60, 23, 23)]
    [DataRow(200, 1, 1)]
    public void A_share_of_one_takes_the_numerical_rank(int order, int rows, int expected)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, rows, seed: 14);

        EigenPairs pairs = SymmetricEigen.ForShare(matrix, order, 1.0);

        Assert.AreEqual(expected, pairs.Count);
        Assert.AreEqual(expected, pairs.NumericalRank);
    }

    [TestMethod]
    public void A_share_agrees_with_the_cumulative_sums_of_an_independent_solver()
    {
        const int Order = 120;
        double[] matrix = SymmetricEigenCases.SecondMoment(Order, 150, seed: 15);
        double[] values = [.. Matrix<double>.Build.Dense(Order, Order, matrix).Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real).OrderDescending()];
        foreach (double share in new[] { 0.05, 0.5, 0.9, 0.99, 0.9999 })
        {
            double sum = 0.0;
            int expected = values.TakeWhile(value => (sum += value) < share * values.Sum()).Count() + 1;

            EigenPairs pairs = SymmetricEigen.ForShare(matrix, Order, share);

            Assert.AreEqual(expected, pairs.Count);
            Assert.AreEqual(values.Sum(), pairs.Trace, 1e-12 * values.Sum());
        }
    }

    [TestMethod]
    public void Shares_out_of_range_are_refused()
    {
        double[] matrix = SymmetricEigenCases.Diagonal(1.0, 2.0);

        Assert.Contains(
            "above 0 and at most 1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.ForShare(matrix, 2, 0.0)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.ForShare(new UpperMatrix(2, 1, TileKernels.Double), 2, 0.0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.ForShare(matrix, 2, 1.5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.ForShare(matrix, 2, double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.ForShare([], 0, 0.5));
    }
}
