namespace Dime.MLNet.Evaluation;

/// <summary>The corners of the receiver operating characteristic curve of two sorted sets of scores.</summary>
internal static class RocCorners
{
    public static IReadOnlyList<RocPoint> ByThreshold(float[] sortedInDistribution, float[] sortedOutOfDistribution)
    {
        // Counts, not rates: whether three points lie on a line is then decided without rounding.
        List<(long Out, long In, float Score)> corners = [(0, 0, float.NegativeInfinity)];
        foreach (TiedRows tied in TiedRows.Ascending(sortedInDistribution, sortedOutOfDistribution))
        {
            long outAccepted = tied.OutOfDistributionBelow + tied.OutOfDistribution;
            long inAccepted = tied.InDistributionBelow + tied.InDistribution;
            if (corners.Count > 1)
            {
                (long Out, long In, float Score) first = corners[^2];
                (long Out, long In, float Score) middle = corners[^1];
                if ((middle.Out - first.Out) * (inAccepted - middle.In) == (outAccepted - middle.Out) * (middle.In - first.In))
                {
                    corners.RemoveAt(corners.Count - 1);
                }
            }

            corners.Add((outAccepted, inAccepted, tied.Score));
        }

        double inCount = sortedInDistribution.Length;
        double outCount = sortedOutOfDistribution.Length;
        return Array.AsReadOnly([.. corners.Select(c => new RocPoint(c.Out / outCount, c.In / inCount, c.Score))]);
    }
}
