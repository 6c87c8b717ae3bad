using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>Returns Σ weightᵢ·valueᵢ².</summary>
    public static double Weighted(ReadOnlySpan<float> values, ReadOnlySpan<double> weights)
    {
        fixed (float* value = values)
        fixed (double* weight = weights[..values.Length])
        {
            return Weighted(value, weight, values.Length);
        }
    }

    /// <summary>Returns Σ (leftᵢ − rightᵢ)², with the differences in double precision.</summary>
    public static double OfDifferences(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        fixed (float* x = left, y = right[..left.Length])
        {
            return OfDifferences(x, y, left.Length);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Weighted(float* values, double* weights, int length)
    {
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i + Lanes <= length; i += Lanes)
        {
            (Vector256<double> value0, Vector256<double> value1) = Vector256.Widen(Vector256.Load(values + i));
            (Vector256<double> value2, Vector256<double> value3) = Vector256.Widen(Vector256.Load(values + i + 8));
            sum0 += value0 * value0 * Vector256.Load(weights + i);
            sum1 += value1 * value1 * Vector256.Load(weights + i + 4);
            sum2 += value2 * value2 * Vector256.Load(weights + i + 8);
            sum3 += value3 * value3 * Vector256.Load(weights + i + 12);
        }

        double rest = 0;
        for (; i < length; i++)
        {
            rest += (double)values[i] * values[i] * weights[i];
        }

        return LaneSum.Of((sum0 + sum1) + (sum2 + sum3)) + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double OfDifferences(float* left, float* right, int length)
    {
        Vector256<double> sum0 = default, sum1 = default;
        int i = 0;
        for (; i + 8 <= length; i += 8)
        {
            (Vector256<double> left0, Vector256<double> left1) = Vector256.Widen(Vector256.Load(left + i));
            (Vector256<double> right0, Vector256<double> right1) = Vector256.Widen(Vector256.Load(right + i));
            Vector256<double> difference0 = left0 - right0, difference1 = left1 - right1;
            sum0 += difference0 * difference0;
            sum1 += difference1 * difference1;
        }

        double rest = 0;
        for (; i < length; i++)
        {
            double difference = (double)left[i] - right[i];
            rest += difference * difference;
        }

        return LaneSum.Of(sum0 + sum1) + rest;
    }
}
