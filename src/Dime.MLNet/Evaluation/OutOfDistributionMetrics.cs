using System.Globalization;
using Dime.MLNet.Evaluation;

namespace Dime.MLNet;

/// <summary>
/// How well a score tells out-of-distribution rows from in-distribution rows, independently of any one threshold.
/// </summary>
/// <remarks>
/// <para>
/// A large score means out of distribution. A threshold <c>t</c> accepts a row as in distribution when its score is
/// at most <c>t</c>. Rows that share a score can only be accepted together, and every metric treats them so.
/// </para>
/// <para>
/// Scores may be infinite: DIME gives +∞ to an embedding with features that are not finite, and it ranks highest.
/// Only the order of the scores matters, so any increasing function of them has the same metrics (save
/// <see cref="ThresholdAt95TruePositiveRate"/>, which is itself a score).
/// </para>
/// </remarks>
public sealed class OutOfDistributionMetrics
{
    private readonly Lazy<IReadOnlyList<RocPoint>> _rocCurve;

    private OutOfDistributionMetrics(float[] sortedInDistribution, float[] sortedOutOfDistribution)
    {
        double inCount = sortedInDistribution.Length;
        double outCount = sortedOutOfDistribution.Length;
        ThresholdAt95TruePositiveRate = SmallestScoreAccepting95Percent(sortedInDistribution);

        double orderedPairs = 0;
        double outOfDistributionPrecisions = 0;
        double inDistributionPrecisions = 0;
        double smallestSumOfErrorRates = 1;
        double falsePositives = 0;

        foreach (TiedRows tied in TiedRows.Ascending(sortedInDistribution, sortedOutOfDistribution))
        {
            double inAccepted = tied.InDistributionBelow + tied.InDistribution;
            double outAccepted = tied.OutOfDistributionBelow + tied.OutOfDistribution;
            double inAtOrAbove = inCount - tied.InDistributionBelow;
            double outAtOrAbove = outCount - tied.OutOfDistributionBelow;

            orderedPairs += tied.OutOfDistribution * (tied.InDistributionBelow + (0.5 * tied.InDistribution));
            outOfDistributionPrecisions += tied.OutOfDistribution * (outAtOrAbove / (outAtOrAbove + inAtOrAbove));
            inDistributionPrecisions += tied.InDistribution * (inAccepted / (inAccepted + outAccepted));
            smallestSumOfErrorRates = Math.Min(smallestSumOfErrorRates, ((inCount - inAccepted) / inCount) + (outAccepted / outCount));
            if (tied.Score <= ThresholdAt95TruePositiveRate)
            {
                falsePositives = outAccepted;
            }
        }

        InDistributionRowCount = sortedInDistribution.Length;
        OutOfDistributionRowCount = sortedOutOfDistribution.Length;
        AreaUnderRocCurve = orderedPairs / (inCount * outCount);
        AreaUnderPrecisionRecallCurveOutOfDistribution = outOfDistributionPrecisions / outCount;
        AreaUnderPrecisionRecallCurveInDistribution = inDistributionPrecisions / inCount;
        FalsePositiveRateAt95TruePositiveRate = falsePositives / outCount;
        DetectionError = 0.5 * smallestSumOfErrorRates;
        _rocCurve = new(() => RocCorners.ByThreshold(sortedInDistribution, sortedOutOfDistribution));
    }

    /// <summary>
    /// The area under the receiver operating characteristic curve (AUROC): the probability that an out-of-distribution
    /// row, drawn at random, scores above an in-distribution row, drawn at random; a tie counts one half.
    /// </summary>
    /// <value>From 0 to 1. Larger is better: 1 is perfect separation, 0.5 is chance, below 0.5 the order is inverted.</value>
    /// <remarks>The same whichever of the two kinds of rows is called positive.</remarks>
    public double AreaUnderRocCurve { get; }

    /// <summary>
    /// The receiver operating characteristic curve, from (0, 0) to (1, 1) by rising threshold; the positive class is in
    /// distribution, as for <see cref="FalsePositiveRateAt95TruePositiveRate"/>.
    /// </summary>
    /// <value>
    /// The corners of the curve, two at least: thresholds whose point lies on the line between their neighbours are left
    /// out. Joined by straight lines they enclose <see cref="AreaUnderRocCurve"/>. Rows that share a score are accepted
    /// together, which is a slanted line where both kinds are among them.
    /// </value>
    /// <remarks>
    /// With out of distribution as the positive class the curve is the same one, mirrored: its false positive rate is
    /// 1 − <see cref="RocPoint.TruePositiveRate"/>, its true positive rate 1 − <see cref="RocPoint.FalsePositiveRate"/>.
    /// Computed when it is first asked for; the scores are kept until then.
    /// </remarks>
    public IReadOnlyList<RocPoint> RocCurve => _rocCurve.Value;

    /// <summary>
    /// The area under the precision-recall curve with the out-of-distribution rows as the positive class (AUPR-out).
    /// </summary>
    /// <value>Above 0, up to 1. Larger is better; chance is the share of out-of-distribution rows among all rows.</value>
    /// <remarks>
    /// Computed as average precision: the sum over all distinct scores, in descending order, of the gain in recall times
    /// the precision reached there, without interpolation (scikit-learn's <c>average_precision_score</c>). It depends on
    /// the proportion of the two kinds of rows, so compare it only between evaluations on the same rows.
    /// </remarks>
    public double AreaUnderPrecisionRecallCurveOutOfDistribution { get; }

    /// <summary>
    /// The area under the precision-recall curve with the in-distribution rows as the positive class (AUPR-in).
    /// </summary>
    /// <value>Above 0, up to 1. Larger is better; chance is the share of in-distribution rows among all rows.</value>
    /// <remarks>
    /// Average precision as for <see cref="AreaUnderPrecisionRecallCurveOutOfDistribution"/>, with the scores taken in
    /// ascending order: the smaller the score, the surer the row is in distribution.
    /// </remarks>
    public double AreaUnderPrecisionRecallCurveInDistribution { get; }

    /// <summary>
    /// The share of out-of-distribution rows that are accepted as in distribution by the threshold that accepts 95 % of
    /// the in-distribution rows (FPR95, FPR at 95 % TPR; the positive class is in distribution).
    /// </summary>
    /// <value>From 0 to 1. Smaller is better; chance is 0.95.</value>
    /// <remarks>It is the share of out-of-distribution scores ≤ <see cref="ThresholdAt95TruePositiveRate"/>.</remarks>
    public double FalsePositiveRateAt95TruePositiveRate { get; }

    /// <summary>
    /// The smallest observed score at which at least 95 % of the in-distribution rows have a score less than or equal to it.
    /// </summary>
    /// <value>
    /// One of the in-distribution scores, in the unit of the scores: of n rows the ⌈0.95·n⌉-th smallest, so the largest
    /// where n &lt; 20. +∞ where more than 5 % of the in-distribution scores are.
    /// </value>
    public float ThresholdAt95TruePositiveRate { get; }

    /// <summary>
    /// The smallest error rate that any threshold reaches when both kinds of rows are equally likely: the minimum over
    /// all thresholds of 0.5·(1 − TPR) + 0.5·FPR.
    /// </summary>
    /// <value>From 0 to 0.5. Smaller is better; 0.5 is chance.</value>
    /// <remarks>
    /// TPR and FPR are the shares of the in-distribution and of the out-of-distribution rows that are accepted.
    /// Accepting all rows or none is among the thresholds. One minus this value is the detection accuracy.
    /// </remarks>
    public double DetectionError { get; }

    /// <summary>The number of in-distribution rows that were evaluated; at least 1.</summary>
    public long InDistributionRowCount { get; }

    /// <summary>The number of out-of-distribution rows that were evaluated; at least 1.</summary>
    public long OutOfDistributionRowCount { get; }

    /// <summary>Computes the metrics from the scores of rows known to be in and out of distribution.</summary>
    /// <param name="inDistributionScores">One score per in-distribution row, in any order; left unchanged.</param>
    /// <param name="outOfDistributionScores">One score per out-of-distribution row, in any order; left unchanged.</param>
    /// <returns>The metrics. Time is O(n log n) in the number of rows; the two sets may differ in size.</returns>
    /// <exception cref="ArgumentException">A set is empty, or a score is NaN; the message names the set and the row.</exception>
    public static OutOfDistributionMetrics Compute(ReadOnlySpan<float> inDistributionScores, ReadOnlySpan<float> outOfDistributionScores)
    {
        CheckScores(inDistributionScores, "in-distribution", nameof(inDistributionScores));
        CheckScores(outOfDistributionScores, "out-of-distribution", nameof(outOfDistributionScores));

        return new OutOfDistributionMetrics(Sorted(inDistributionScores), Sorted(outOfDistributionScores));
    }

    /// <summary>Gives the metrics on one line, in the field's abbreviations and the invariant culture.</summary>
    /// <returns>A line such as <c>AUROC 0.9934, AUPR-out 0.9637, AUPR-in 0.9975, FPR95 0.0040, detection error 0.0270 (1000 in, 500 out)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"AUROC {AreaUnderRocCurve:F4}, AUPR-out {AreaUnderPrecisionRecallCurveOutOfDistribution:F4}, AUPR-in {AreaUnderPrecisionRecallCurveInDistribution:F4}, FPR95 {FalsePositiveRateAt95TruePositiveRate:F4}, detection error {DetectionError:F4} ({InDistributionRowCount} in, {OutOfDistributionRowCount} out)");

    private static void CheckScores(ReadOnlySpan<float> scores, string kind, string parameterName)
    {
        if (scores.IsEmpty)
        {
            throw new ArgumentException($"There are no {kind} scores; the metrics compare rows of both kinds.", parameterName);
        }

        for (int row = 0; row < scores.Length; row++)
        {
            if (float.IsNaN(scores[row]))
            {
                throw new ArgumentException($"The {kind} score of row {row} (counted from 0) is NaN and cannot be ranked; leave the row out, or give it +∞ to count it as out of distribution.", parameterName);
            }
        }
    }

    private static float[] Sorted(ReadOnlySpan<float> scores)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    private static float SmallestScoreAccepting95Percent(float[] sorted)
    {
        // In integers, because 0.95 has no exact binary form and the count must not be off by one row.
        long accepted = ((95L * sorted.Length) + 99) / 100;
        return sorted[accepted - 1];
    }
}
