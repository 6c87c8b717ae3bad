namespace Dime.MLNet.Evaluation;

/// <summary>The rows that share one score, counted by kind, and the rows that score below it.</summary>
internal readonly record struct TiedRows(
    float Score,
    int InDistribution,
    int OutOfDistribution,
    int InDistributionBelow,
    int OutOfDistributionBelow)
{
    /// <summary>Walks through the distinct scores of two ascending lists without NaN, smallest first.</summary>
    public static IEnumerable<TiedRows> Ascending(float[] inDistribution, float[] outOfDistribution)
    {
        int inBelow = 0;
        int outBelow = 0;
        while (inBelow < inDistribution.Length || outBelow < outOfDistribution.Length)
        {
            float score = Smaller(inDistribution, inBelow, outOfDistribution, outBelow);
            int inEnd = EndOfTies(inDistribution, inBelow, score);
            int outEnd = EndOfTies(outOfDistribution, outBelow, score);
            yield return new TiedRows(score, inEnd - inBelow, outEnd - outBelow, inBelow, outBelow);
            inBelow = inEnd;
            outBelow = outEnd;
        }
    }

    private static float Smaller(float[] left, int leftIndex, float[] right, int rightIndex)
    {
        if (leftIndex == left.Length)
        {
            return right[rightIndex];
        }

        return rightIndex == right.Length ? left[leftIndex] : Math.Min(left[leftIndex], right[rightIndex]);
    }

    private static int EndOfTies(float[] sorted, int start, float score)
    {
        int end = start;
        while (end < sorted.Length && sorted[end] == score)
        {
            end++;
        }

        return end;
    }
}
