namespace Dime.MLNet.Numerics.Distributions;

/// <summary>The probabilities of values as large or larger, relatively accurate down to the least that a double can hold.</summary>
internal static class UpperTails
{
    /// <summary>P(X ≥ x) of the beta-binomial distribution: trials of a share that is itself Beta(a, b).</summary>
    /// <param name="trials">m, 0 or more.</param>
    /// <param name="a">Above 0.</param>
    /// <param name="b">0 or more; 0 is the share 1.</param>
    /// <param name="x">The least number of successes.</param>
    public static double BetaBinomial(long trials, double a, double b, long x)
    {
        if (x <= 0 || b == 0)
        {
            return x <= trials ? 1 : 0;
        }

        if (x > trials)
        {
            return 0;
        }

        // Summed away from the mean, where terms fall from the first on.
        double mean = trials * (a / (a + b));
        double sum = x > mean ? Sum(trials, a, b, x) : 1 - Sum(trials, b, a, trials - x + 1);
        return Math.Clamp(sum, 0, 1);
    }

    /// <summary>P(F ≥ f) of the F distribution, in the form in which Hotelling's T² has it: f = T²·d₂ / (d₁·n) with n degrees of the covariance.</summary>
    /// <param name="squared">T² / n, 0 or more: f·d₁ / d₂.</param>
    /// <param name="d1">d₁, above 0.</param>
    /// <param name="d2">d₂, above 0.</param>
    public static double F(double squared, double d1, double d2) => squared <= 0 ? 1 : IncompleteBeta.Regularized(d2 / 2, d1 / 2, 1 / squared);

    /// <summary>P(K ≥ x) of Kolmogorov's distribution, 2Σ(−1)ʲ⁻¹exp(−2j²x²).</summary>
    public static double Kolmogorov(double x)
    {
        if (x <= 0)
        {
            return 1;
        }

        // Either series converges at once on its side of 1.
        double sum = 0;
        if (x < 1)
        {
            for (int j = 1; j <= 9; j += 2)
            {
                sum += Math.Exp(-j * j * Math.PI * Math.PI / (8 * x * x));
            }

            return Math.Clamp(1 - (Math.Sqrt(2 * Math.PI) / x * sum), 0, 1);
        }

        for (int j = 1; j <= 6; j++)
        {
            sum += (j % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * j * j * x * x);
        }

        return sum;
    }

    /// <summary>Σ P(X = i), i from x to m, x above the mean.</summary>
    private static double Sum(long trials, double a, double b, long x)
    {
        // C(m, x) = 1 / ((m + 1)·B(x + 1, m − x + 1)).
        double term = Math.Exp(
            GammaFunction.LogBeta(x + a, trials - x + b) - GammaFunction.LogBeta(a, b)
            - GammaFunction.LogBeta(x + 1, trials - x + 1) - Math.Log(trials + 1.0));
        double sum = term;
        for (long i = x; i < trials && term > sum * 1e-18; i++)
        {
            term *= (trials - i) / (i + 1.0) * ((i + a) / (trials - i - 1 + b));
            sum += term;
        }

        return sum;
    }
}
