using Dime.MLNet.Numerics;

namespace Dime.MLNet.Tests.Numerics;

[TestClass]
public sealed class SumOfSquaresTests
{
    public static IEnumerable<int> Lengths => [0, 1, 7, 8, 9, 15, 16, 17, 33, 100, 1000];

    [TestMethod]
    [DynamicData(nameof(Lengths))]
    public void Weighted_sums_match_a_plain_loop(int length)
    {
        float[] values = Oracle.Random(length, seed: 1, scale: 1e20f);
        double[] weights = [.. Oracle.Random(length, seed: 2).Select(w => 1.5 + w)];
        double expected = values.Zip(weights, (x, w) => (double)x * x * w).Sum();

        Assert.AreEqual(expected, SumOfSquares.Weighted(values, weights), 1e-13 * expected);
    }

    [TestMethod]
    [DynamicData(nameof(Lengths))]
    public void Sums_of_differences_match_a_plain_loop(int length)
    {
        // Differences that single precision could not hold.
        float[] left = Oracle.Random(length, seed: 1);
        float[] right = [.. Oracle.Random(length, seed: 2).Select(x => x * 1e-5f)];
        double expected = left.Zip(right, (x, y) => ((double)x - y) * ((double)x - y)).Sum();

        Assert.AreEqual(expected, SumOfSquares.OfDifferences(left, right), 1e-14 * expected);
        Assert.AreEqual(0, SumOfSquares.OfDifferences(left, left));
    }
}
