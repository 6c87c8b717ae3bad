using System.Numerics;

namespace Dime.MLNet.Numerics;

/// <summary>Adds a row, times two factors, to a sum in double precision.</summary>
internal static class ScaledSum
{
    /// <summary>sum += row·factor·weight, with each product rounded.</summary>
    public static void Add(double[] sum, ReadOnlySpan<float> row, double factor, double weight)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(row[i..]), out Vector<double> low, out Vector<double> high);
            int next = i + Vector<double>.Count;
            (new Vector<double>(sum, i) + (low * factor * weight)).CopyTo(sum, i);
            (new Vector<double>(sum, next) + (high * factor * weight)).CopyTo(sum, next);
        }

        for (; i < row.Length; i++)
        {
            sum[i] += row[i] * factor * weight;
        }
    }
}
