using Dime.MLNet;

namespace Dime.Tool.Jobs;

/// <summary>The metrics that are single numbers.</summary>
internal sealed record SetMetrics(
    double AreaUnderRocCurve,
    double AreaUnderPrecisionRecallCurveOutOfDistribution,
    double AreaUnderPrecisionRecallCurveInDistribution,
    double FalsePositiveRateAt95TruePositiveRate,
    float ThresholdAt95TruePositiveRate,
    double DetectionError)
{
    public static SetMetrics Of(OutOfDistributionMetrics metrics) => new(
        metrics.AreaUnderRocCurve,
        metrics.AreaUnderPrecisionRecallCurveOutOfDistribution,
        metrics.AreaUnderPrecisionRecallCurveInDistribution,
        metrics.FalsePositiveRateAt95TruePositiveRate,
        metrics.ThresholdAt95TruePositiveRate,
        metrics.DetectionError);
}
