namespace Dime.MLNet.Numerics.Distributions;

/// <summary>The logarithms of Γ and of the beta function for positive arguments.</summary>
internal static class GammaFunction
{
    // Beyond it eight terms of the asymptotic series leave less than a double can hold.
    private const double Asymptotic = 15;

    private const double HalfLogTwoPi = 0.91893853320467274178;

    // B₂ⱼ / (2j(2j − 1)), Bernoulli numbers B: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 6.1.41.
    private static ReadOnlySpan<double> Terms =>
    [
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400,
    ];

    /// <summary>ln Γ(x) for x above 0, within a few units in the last place of max(1, |ln Γ(x)|).</summary>
    public static double Log(double x)
    {
        if (x >= Asymptotic)
        {
            return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + Remainder(x);
        }

        // Γ(x) = Γ(x + j) / (x(x + 1)⋯(x + j − 1)); the product stays below 15¹⁵.
        double product = 1;
        while (x < Asymptotic)
        {
            product *= x;
            x++;
        }

        return Log(x) - Math.Log(product);
    }

    /// <summary>
    /// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), where the large terms of large arguments cancel before they are rounded.
    /// </summary>
    public static double LogBeta(double a, double b)
    {
        (a, b) = a <= b ? (a, b) : (b, a);
        if (b < Asymptotic)
        {
            return Log(a) + Log(b) - Log(a + b);
        }

        // ln Γ(b) − ln Γ(a + b) by Stirling's series, the difference of its large terms taken by hand.
        double difference = ((b - 0.5) * -LogOnePlus(a / b)) - (a * Math.Log(a + b)) + a + Remainder(b) - Remainder(a + b);
        return Log(a) + difference;
    }

    /// <summary>ln(1 + x) without the loss of digits that 1 + x has.</summary>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        double lost = x - (sum - 1);

        // What the rounding of 1 + x took, to first order.
        return double.IsPositiveInfinity(sum) ? sum : Math.Log(sum) + (lost / sum);
    }

    private static double Remainder(double x)
    {
        double square = 1 / (x * x), power = 1 / x, sum = 0;
        foreach (double term in Terms)
        {
            sum += term * power;
            power *= square;
        }

        return sum;
    }
}
