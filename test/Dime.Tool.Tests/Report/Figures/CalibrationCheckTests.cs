using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Figures;

[TestClass]
public sealed class CalibrationCheckTests
{
    [TestMethod]
    public void Difference_is_the_largest_at_any_step()
    {
        // Shares at 0, 0.25, …: 0, 0.5, 0.5, 0.75, 1.
        var check = CalibrationCheck.Of([0.25f, 0.25f, 0.75f, 1], 5);

        Assert.AreEqual(0.25, check.LargestDifference, 1e-12);
        Assert.AreEqual(Math.Sqrt(Math.Log(40) / 8), check.Band, 1e-12);
        Assert.IsTrue(check.Holds);
    }

    [TestMethod]
    public void Probabilities_of_a_calibrated_model_on_like_rows_hold_and_on_other_rows_do_not()
    {
        Assert.IsTrue(CalibrationCheck.Of(GeneratedReport.Inside(rows: 2000).Probabilities, 5000).Holds);
        Assert.IsFalse(CalibrationCheck.Of(GeneratedReport.Inside(rows: 2000, noise: 0.12).Probabilities, 5000).Holds);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(10)]
    [DataRow(4999)]
    public void Steps_are_not_missed_by_rounding(int steps)
    {
        float[] each = [.. Enumerable.Range(0, steps + 1).Select(i => (float)(i / (double)steps))];

        double[] shares = CalibrationCheck.CumulativeShares(each, steps);

        CollectionAssert.AreEqual(Enumerable.Range(1, steps + 1).Select(i => i / (steps + 1.0)).ToArray(), shares);
    }
}
