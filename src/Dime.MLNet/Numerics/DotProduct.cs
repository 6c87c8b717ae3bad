using System.Numerics;

namespace Dime.MLNet.Numerics;

/// <summary>Products of vectors in double precision.</summary>
internal static class DotProduct
{
    /// <summary>The sum of the products of as many values as the right vector has.</summary>
    public static double Of(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        int i = 0;
        Vector<double> sums = default;
        for (; i + Vector<double>.Count <= right.Length; i += Vector<double>.Count)
        {
            sums += new Vector<double>(left[i..]) * new Vector<double>(right[i..]);
        }

        for (; i < right.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum + Vector.Sum(sums);
    }
}
