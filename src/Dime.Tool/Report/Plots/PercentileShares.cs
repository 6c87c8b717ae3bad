namespace Dime.Tool.Report.Plots;

/// <summary>The calibration data's histogram, from the percentiles that are all that is kept of it.</summary>
internal static class PercentileShares
{
    /// <summary>For each bin the share of the calibration rows in it.</summary>
    public static double[] Of(ReadOnlySpan<float> percentiles, DistanceBins bins)
    {
        double[] shares = new double[bins.Count];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = ShareUpTo(percentiles, bins.Edges[i + 1]) - ShareUpTo(percentiles, bins.Edges[i]);
        }

        return shares;
    }

    private static double ShareUpTo(ReadOnlySpan<float> percentiles, double distance)
    {
        int above = 0;
        while (above < percentiles.Length && percentiles[above] <= distance)
        {
            above++;
        }

        if (above == 0 || above == percentiles.Length)
        {
            return above == 0 ? 0 : 1;
        }

        double into = (distance - percentiles[above - 1]) / ((double)percentiles[above] - percentiles[above - 1]);
        return (above - 1 + into) / (percentiles.Length - 1);
    }
}
