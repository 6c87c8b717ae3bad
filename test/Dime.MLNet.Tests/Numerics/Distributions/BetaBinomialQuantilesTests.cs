using System.Numerics;
using Dime.MLNet.Numerics.Distributions;

namespace Dime.MLNet.Tests.Numerics.Distributions;

[TestClass]
public sealed class BetaBinomialQuantilesTests
{
    [TestMethod]
    [DataRow(1, 100, 0.95)]
    [DataRow(10, 100, 0.95)]
    [DataRow(64, 383, 0.95)]
    [DataRow(500, 400, 0.99)]
    [DataRow(777, 5000, 0.5)]
    [DataRow(200, 20, 0.999)]
    [DataRow(30, 1, 0.95)]
    [DataRow(40, 1000, 0.999)]
    [DataRow(1, 5, 0.5)]
    public void The_limits_are_the_quantiles_of_whole_numbers(int rows, int calibrationRows, double share)
    {
        int r = Math.Clamp(calibrationRows - (int)Math.Ceiling(share * (calibrationRows - 1)), 0, calibrationRows - 1);
        int a = r + 1;
        int b = calibrationRows - r;

        // C(k + a − 1, k) C(m − k + b − 1, m − k) of C(m + a + b − 1, m) ways, in whole numbers without rounding.
        BigInteger[] withinA = Ways(rows, a), withinB = Ways(rows, b);
        BigInteger all = Ways(rows, a + b)[rows];
        double[] weights = [.. Enumerable.Range(0, rows + 1).Select(k => Share(withinA[k] * withinB[rows - k], all))];
        double below = 0;
        int low = Enumerable.Range(0, rows + 1).First(k => (below += weights[k]) > 0.005);
        double above = 0;
        int high = Enumerable.Range(0, rows + 1).Reverse().First(k => (above += weights[k]) > 0.005);

        (long Low, long High) band = BetaBinomialQuantiles.Of(rows, a, b, tail: 0.005);

        Assert.AreEqual(1, weights.Sum(), 1e-9);
        Assert.AreEqual((low, high), band);
    }

    private static double Share(BigInteger part, BigInteger all) => Math.Exp(BigInteger.Log(part) - BigInteger.Log(all));

    /// <summary>C(k + n − 1, k) for k = 0 … <paramref name="most"/>, each from the one before.</summary>
    private static BigInteger[] Ways(int most, int n)
    {
        var ways = new BigInteger[most + 1];
        ways[0] = 1;
        for (int k = 1; k <= most; k++)
        {
            ways[k] = ways[k - 1] * (k + n - 1) / k;
        }

        return ways;
    }
}
