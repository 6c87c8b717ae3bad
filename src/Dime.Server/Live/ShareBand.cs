namespace Dime.Server.Live;

/// <summary>Between which flagged shares nearly all sets of so many rows lie that are like the calibration rows.</summary>
/// <param name="Low">The 0.5 % quantile.</param>
/// <param name="High">The 99.5 % quantile.</param>
internal readonly record struct ShareBand(double Low, double High)
{
    private const double Tail = 0.005;
    private const double Negligible = 1e-17;

    /// <summary>
    /// The quantiles of the number flagged of m rows, which is beta-binomial: of n calibration rows r = n − ⌈q(n − 1)⌉ lie at or above the
    /// limit at the share q, so that the rate of new rows has the distribution Beta(r + 1, n − r).
    /// </summary>
    /// <param name="rows">m.</param>
    /// <param name="calibrationRows">n, at least 1.</param>
    /// <param name="share">q, the share of the calibration rows below the limit.</param>
    public static ShareBand Of(long rows, long calibrationRows, double share)
    {
        double r = Math.Clamp(calibrationRows - Math.Ceiling(share * (calibrationRows - 1)), 0, calibrationRows - 1);
        double a = r + 1;
        double b = calibrationRows - r;

        // From near the mode outward by the ratio of neighbours, until nothing is left that counts; no factorial is needed.
        long start = Math.Clamp((long)(rows * a / (a + b)), 0, rows);
        List<double> below = [];
        List<double> above = [];
        double weight = 1;
        for (long k = start; k > 0 && weight > Negligible; k--)
        {
            below.Add(weight *= k * (b + rows - k) / ((rows - k + 1) * (a + k - 1)));
        }

        weight = 1;
        for (long k = start; k < rows && weight > Negligible; k++)
        {
            above.Add(weight *= (rows - k) * (a + k) / ((k + 1) * (b + rows - k - 1)));
        }

        below.Reverse();
        double[] weights = [.. below, 1, .. above];
        long first = start - below.Count;
        double tail = Tail * weights.Sum();
        return new ShareBand((first + Quantile(weights, tail)) / (double)rows, (first + weights.Length - 1 - Quantile([.. weights.Reverse()], tail)) / (double)rows);
    }

    private static int Quantile(double[] weights, double tail)
    {
        double sum = 0;
        int i = 0;
        while (i < weights.Length - 1 && (sum += weights[i]) <= tail)
        {
            i++;
        }

        return i;
    }
}
