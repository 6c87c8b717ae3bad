using Dime.Tool.Report.Plots;

namespace Dime.Tool.Tests.Report.Plots;

[TestClass]
public sealed class DistanceBinsTests
{
    [TestMethod]
    public void Shares_and_outside_rows_are_those_of_counting()
    {
        var bins = new DistanceBins([1, 2, 4], IsLogarithmic: false);
        float[] sorted = [0, 0.5f, 1, 1.9f, 2, 3, 4, 4.1f];

        CollectionAssert.AreEqual(new[] { 0.25, 0.375 }, bins.Shares(sorted, 8));
        Assert.AreEqual((2, 1), bins.Outside(sorted));
    }

    [TestMethod]
    public void Sets_that_are_near_share_linear_bins_that_hold_every_row()
    {
        float[] near = Ramp(100, 1, 2);
        float[] far = Ramp(100, 2, 5);

        DistanceBins bins = DistanceBins.For([near, far], 100)!;

        Assert.IsFalse(bins.IsLogarithmic);
        Assert.AreEqual(1, bins.Shares(near, 100).Sum(), 1e-12);
        Assert.AreEqual(1, bins.Shares(far, 100).Sum(), 1e-12);
    }

    [TestMethod]
    public void Few_rows_far_away_do_not_squeeze_the_others()
    {
        float[] sorted = [.. Ramp(1000, 1, 2), 1e6f];

        DistanceBins bins = DistanceBins.For([sorted], 1001)!;

        Assert.IsLessThan(2.5, bins.Edges[^1]);
        Assert.AreEqual((0, 1), bins.Outside(sorted));
    }

    [TestMethod]
    public void Sets_that_lie_far_apart_share_logarithmic_bins()
    {
        float[] near = [0, .. Ramp(1000, 1, 2)];
        float[] far = Ramp(1000, 1000, 2000);

        DistanceBins bins = DistanceBins.For([near, far], 1000)!;

        Assert.IsTrue(bins.IsLogarithmic);
        Assert.IsGreaterThan(0, bins.Edges[0]);
        Assert.IsGreaterThan(2, bins.Shares(near, 1001).Count(share => share > 0));
        Assert.IsGreaterThan(2, bins.Shares(far, 1000).Count(share => share > 0));
    }

    [TestMethod]
    public void Equal_distances_have_room_around_them()
    {
        foreach (float distance in (float[])[0, 3])
        {
            DistanceBins bins = DistanceBins.For([new float[] { distance, distance }], 2)!;
            Assert.AreEqual(1, bins.Shares([distance, distance], 2).Sum());
        }
    }

    [TestMethod]
    public void Without_a_finite_distance_there_are_no_bins() => Assert.IsNull(DistanceBins.For([Array.Empty<float>()], 0));

    [TestMethod]
    public void Shares_of_percentiles_are_those_of_the_rows_they_came_from()
    {
        // Rows 0, 1, …, 100 are their own percentiles; between them shares rise evenly.
        float[] percentiles = Ramp(101, 0, 100);

        double[] shares = PercentileShares.Of(percentiles, new DistanceBins([-5, 10, 10.5, 60, 200], IsLogarithmic: false));

        double[] expected = [0.1, 0.005, 0.495, 0.4];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], shares[i], 1e-12);
        }
    }

    private static float[] Ramp(int count, double from, double to) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(from + ((to - from) * i / (count - 1))))];
}
