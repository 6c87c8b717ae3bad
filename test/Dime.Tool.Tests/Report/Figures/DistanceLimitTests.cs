using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Figures;

[TestClass]
public sealed class DistanceLimitTests
{
    [TestMethod]
    [DataRow(0.95, 5000)]
    [DataRow(0.999, 5000)]
    [DataRow(0.5, 11)]
    [DataRow(1, 11)]
    [DataRow(0.01, 11)]
    [DataRow(0.3, 2)]
    public void Rows_are_flagged_from_the_limit_on_and_not_below(double outlierProbability, int percentileCount)
    {
        // The hyperplane is the first axis, so the second value is the distance.
        ModelledEmbedding model = ModelledEmbedding.Fit([-1, 0, 1, 0], 2, rank: 1)
            .Calibrate([.. Enumerable.Range(0, 300).SelectMany(i => new[] { 0f, i * i })], percentileCount);

        float limit = DistanceLimit.Of(model.DistancePercentiles.Span, outlierProbability)!.Value;
        float[] probabilities = model.ProbabilityOfDistanceToHyperplane([0, limit, 0, MathF.BitDecrement(limit)]);

        Assert.IsGreaterThanOrEqualTo((float)outlierProbability, probabilities[0]);
        Assert.IsTrue(limit == 0 || probabilities[1] < (float)outlierProbability);
    }

    [TestMethod]
    public void There_is_no_limit_without_calibration() => Assert.IsNull(DistanceLimit.Of(GeneratedReport.Uncalibrated.DistancePercentiles.Span, 0.95));
}
