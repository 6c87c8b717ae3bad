namespace Dime.MLNet.Numerics.Distributions;

/// <summary>The quantiles of the beta-binomial distribution: trials of a share that is itself Beta(a, b).</summary>
internal static class BetaBinomialQuantiles
{
    private const double Negligible = 1e-17;

    /// <summary>The least number with more than the tail at or below it, and the largest with more than the tail at or above it.</summary>
    /// <param name="trials">m, above 0.</param>
    /// <param name="a">1 or more.</param>
    /// <param name="b">0 or more; 0 is the share 1.</param>
    /// <param name="tail">Above 0, and below ½.</param>
    public static (long Low, long High) Of(long trials, double a, double b, double tail)
    {
        if (b == 0)
        {
            return (trials, trials);
        }

        // From near the mode outward by the ratio of neighbours, until nothing is left that counts; no factorial is needed.
        long start = Math.Clamp((long)(trials * (a / (a + b))), 0, trials);
        List<double> below = [];
        List<double> above = [];
        double weight = 1;
        for (long k = start; k > 0 && weight > Negligible; k--)
        {
            below.Add(weight *= k * (b + trials - k) / ((trials - k + 1) * (a + k - 1)));
        }

        weight = 1;
        for (long k = start; k < trials && weight > Negligible; k++)
        {
            above.Add(weight *= (trials - k) * (a + k) / ((k + 1) * (b + trials - k - 1)));
        }

        below.Reverse();
        double[] weights = [.. below, 1, .. above];
        long first = start - below.Count;
        double most = tail * weights.Sum();
        return (first + Quantile(weights, most), first + weights.Length - 1 - Quantile([.. Enumerable.Reverse(weights)], most));
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
