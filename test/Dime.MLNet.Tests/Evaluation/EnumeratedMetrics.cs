namespace Dime.MLNet.Tests.Evaluation;

/// <summary>The metrics straight from their definitions: all pairs, all thresholds, nothing sorted.</summary>
internal static class EnumeratedMetrics
{
    public static double AreaUnderRocCurve(float[] inDistribution, float[] outOfDistribution)
    {
        double wins = 0;
        foreach (float outScore in outOfDistribution)
        {
            foreach (float inScore in inDistribution)
            {
                wins += outScore > inScore ? 1 : outScore == inScore ? 0.5 : 0;
            }
        }

        return wins / ((double)inDistribution.Length * outOfDistribution.Length);
    }

    /// <summary>Large scores are taken as positive.</summary>
    public static double AveragePrecision(float[] positives, float[] negatives)
    {
        double sum = 0;
        double previousRecall = 0;
        foreach (float threshold in positives.Concat(negatives).Distinct().OrderDescending())
        {
            double truePositives = positives.Count(s => s >= threshold);
            double falsePositives = negatives.Count(s => s >= threshold);
            double recall = truePositives / positives.Length;
            sum += (recall - previousRecall) * (truePositives / (truePositives + falsePositives));
            previousRecall = recall;
        }

        return sum;
    }

    public static float ThresholdAt95TruePositiveRate(float[] inDistribution, float[] outOfDistribution) =>
        inDistribution.Concat(outOfDistribution)
            .Where(threshold => 100 * inDistribution.Count(s => s <= threshold) >= 95 * inDistribution.Length)
            .Min();

    public static double FalsePositiveRateAt95TruePositiveRate(float[] inDistribution, float[] outOfDistribution)
    {
        float threshold = ThresholdAt95TruePositiveRate(inDistribution, outOfDistribution);
        return outOfDistribution.Count(s => s <= threshold) / (double)outOfDistribution.Length;
    }

    public static double DetectionError(float[] inDistribution, float[] outOfDistribution) =>
        inDistribution.Concat(outOfDistribution)
            .Select(threshold =>
            {
                double truePositiveRate = inDistribution.Count(s => s <= threshold) / (double)inDistribution.Length;
                double falsePositiveRate = outOfDistribution.Count(s => s <= threshold) / (double)outOfDistribution.Length;
                return (0.5 * (1 - truePositiveRate)) + (0.5 * falsePositiveRate);
            })
            .Append(0.5)
            .Min();
}
