using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling;

/// <summary>Embeddings that only differ in direction: x / max(‖x‖₂, 1e-12).</summary>
internal static class UnitLength
{
    private const double Least = 1e-12;

    /// <summary>What to multiply an embedding by.</summary>
    public static double FactorOf(ReadOnlySpan<float> row) => 1 / Math.Max(Math.Sqrt(SumOfSquares.Of(row)), Least);

    /// <summary>The factors of rows side by side in memory.</summary>
    public static double[] FactorsOf(ReadOnlySpan<float> rows, int dimension)
    {
        double[] factors = new double[rows.Length / dimension];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = FactorOf(rows.Slice(i * dimension, dimension));
        }

        return factors;
    }

    /// <summary>Writes the normalised rows, rounded to single precision.</summary>
    public static void Normalize(ReadOnlySpan<float> rows, int dimension, Span<float> normalized)
    {
        for (int start = 0; start < rows.Length; start += dimension)
        {
            double factor = FactorOf(rows.Slice(start, dimension));
            for (int i = start; i < start + dimension; i++)
            {
                normalized[i] = (float)(rows[i] * factor);
            }
        }
    }
}
