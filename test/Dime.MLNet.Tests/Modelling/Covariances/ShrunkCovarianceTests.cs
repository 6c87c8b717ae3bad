using Dime.MLNet.Modelling.Covariances;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Dime.MLNet.Tests.Modelling.Covariances;

/// <summary>How much shrinking took in the direction that lost most, against eigenvalues of another library.</summary>
[TestClass]
public sealed class ShrunkCovarianceTests
{
    // The share by which powers of a matrix may miss its largest eigenvalue, as their bound has it.
    private static double Missed(int p) => 0.871 * Math.Log(Math.Max(2, p)) / 99;

    // Where one variance is larger than all others, which are alike, the bound by traces is the eigenvalue itself.
    [TestMethod]
    [DataRow(5.0, 1.0, 1.0, 1.0)]
    [DataRow(3.0, 0.0, 0.0, 0.0)]
    [DataRow(2.0, 1.0)]
    public void Ratio_is_exact_where_one_variance_stands_out(params double[] variances)
    {
        double[] sample = Rotated(variances, variances.Length);

        var shrunk = ShrunkCovariance.Of(sample, variances.Length, count: 3, variances.Length, needsRatio: true);

        Assert.IsGreaterThan(0.1, shrunk.Shrinkage);
        Assert.AreEqual(RatioOf(variances.Max(), variances.Sum() / variances.Length, shrunk.Shrinkage), shrunk.LargestRatio!.Value, 1e-12);
    }

    [TestMethod]
    [DataRow(4, 4, 8, 1)]
    [DataRow(12, 12, 10, 2)]
    [DataRow(30, 30, 20, 3)]
    [DataRow(5, 400, 6, 4)]
    [DataRow(20, 64, 21, 5)]
    public void Ratio_is_at_least_that_of_the_largest_eigenvalue_and_little_more(int order, int dimension, int count, int seed)
    {
        var random = new Random(seed);
        double[] variances = [.. Enumerable.Range(0, order).Select(i => i < order / 2 ? 5 : random.NextDouble())];
        double[] sample = Rotated(variances, seed);
        double largest = DenseMatrix.OfColumnMajor(order, order, sample).Evd().EigenValues.Max(value => value.Real);
        double mean = variances.Sum() / dimension;

        var shrunk = ShrunkCovariance.Of(sample, order, count, dimension, needsRatio: true);

        Assert.IsGreaterThan(0.1, shrunk.Shrinkage);
        double exact = RatioOf(largest, mean, shrunk.Shrinkage);
        Assert.IsGreaterThanOrEqualTo(exact - 1e-12, shrunk.LargestRatio!.Value);
        Assert.IsLessThanOrEqualTo(RatioOf(largest * (1 + Missed(dimension)), mean, shrunk.Shrinkage) + 1e-12, shrunk.LargestRatio!.Value);
    }

    [TestMethod]
    public void Ratio_takes_no_eigenvalue_where_little_is_shrunk()
    {
        var shrunk = ShrunkCovariance.Of(Rotated([4, 2, 1], 7), 3, count: 1000, dimension: 3, needsRatio: true);

        Assert.IsLessThan(0.1, shrunk.Shrinkage);
        Assert.AreEqual(1 / (1 - shrunk.Shrinkage), shrunk.LargestRatio!.Value, 1e-12);
    }

    [TestMethod]
    public void Nothing_is_lost_where_nothing_varies()
    {
        var shrunk = ShrunkCovariance.Of(new double[9], 3, count: 5, dimension: 3, needsRatio: true);

        Assert.AreEqual(1, shrunk.Shrinkage);
        Assert.AreEqual(1, shrunk.LargestRatio);
    }

    [TestMethod]
    public void Ratio_is_left_out_where_nobody_asks() =>
        Assert.IsNull(ShrunkCovariance.Of(Rotated([4, 2, 1], 7), 3, count: 4, dimension: 3, needsRatio: false).LargestRatio);

    private static double RatioOf(double largest, double mean, double shrinkage) => Math.Max(1, largest / (((1 - shrinkage) * largest) + (shrinkage * mean)));

    // A covariance with these eigenvalues, in directions that are those of no feature.
    private static double[] Rotated(double[] variances, int seed)
    {
        int order = variances.Length;
        var random = new Random(seed);
        Matrix<double> directions = DenseMatrix.Create(order, order, (_, _) => random.NextDouble() - 0.5).QR().Q;
        return directions.Multiply(DenseMatrix.OfDiagonalArray(variances)).Multiply(directions.Transpose()).ToColumnMajorArray();
    }
}
