namespace Dime.MLNet.Numerics.Distributions;

/// <summary>The regularised incomplete beta function Iₓ(a, b), relatively accurate in its lower tail too, where it leaves the range of a double at last.</summary>
internal static class IncompleteBeta
{
    // The continued fraction takes about √max(a, b) steps.
    private const int MaxSteps = 10_000_000;

    private const double Tiny = 1e-300;

    /// <summary>Iₓ(a, b), by the continued fraction of Abramowitz and Stegun 26.5.8 on the side where it converges fast.</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above 0.</param>
    /// <param name="odds">x / (1 − x), from 0 to +∞: of x alone, digits near 1 are lost.</param>
    public static double Regularized(double a, double b, double odds)
    {
        if (odds <= 0)
        {
            return 0;
        }

        if (double.IsPositiveInfinity(odds))
        {
            return 1;
        }

        // x below the mean of the distribution.
        return odds * (b + 1) < a + 1
            ? LowerTail(a, b, odds)
            : 1 - LowerTail(b, a, 1 / odds);
    }

    private static double LowerTail(double a, double b, double odds)
    {
        double logRest = -GammaFunction.LogOnePlus(odds);
        double logX = odds < 1 ? Math.Log(odds) + logRest : -GammaFunction.LogOnePlus(1 / odds);
        double front = Math.Exp((a * logX) + (b * logRest) - GammaFunction.LogBeta(a, b) - Math.Log(a));
        return Math.Min(1, front * Fraction(a, b, odds / (1 + odds)));
    }

    /// <summary>The continued fraction, by Lentz's algorithm: "Generating Bessel functions in Mie scattering calculations using continued fractions", Applied Optics 15 (1976).</summary>
    private static double Fraction(double a, double b, double x)
    {
        double c = 1;
        double d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        double value = d;
        for (int m = 1; m <= MaxSteps; m++)
        {
            double even = m * (b - m) * x / ((a + (2.0 * m) - 1) * (a + (2.0 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= d * c;

            double odd = -(a + m) * (a + b + m) * x / ((a + (2.0 * m)) * (a + (2.0 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            double factor = d * c;
            value *= factor;
            if (Math.Abs(factor - 1) < 4e-16)
            {
                break;
            }
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
