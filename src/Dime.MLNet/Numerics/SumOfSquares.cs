using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>Sums of squares of float vectors in double precision, where float squares would under- or overflow.</summary>
internal static unsafe class SumOfSquares
{
    private const int Lanes = 16;

    public static double Of(ReadOnlySpan<float> values)
    {
        fixed (float* start = values)
        {
            return Of(start, values.Length);
        }
    }

    /// <summary>
    /// Element i is added to chain i mod 16 whatever the hardware. Squares of floats are exact in double, so the
    /// result has the same bits everywhere.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(float* values, int length)
    {
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i + Lanes <= length; i += Lanes)
        {
            (Vector256<double> value0, Vector256<double> value1) = Vector256.Widen(Vector256.Load(values + i));
            (Vector256<double> value2, Vector256<double> value3) = Vector256.Widen(Vector256.Load(values + i + 8));
            sum0 += value0 * value0;
            sum1 += value1 * value1;
            sum2 += value2 * value2;
            sum3 += value3 * value3;
        }

        double rest = 0;
        for (; i < length; i++)
        {
            rest += (double)values[i] * values[i];
        }

        return LaneSum.Of((sum0 + sum1) + (sum2 + sum3)) + rest;
    }
}
