using System.Numerics;

namespace Dime.MLNet.Numerics;

/// <summary>Tells rows of finite values from the others.</summary>
internal static class FiniteRows
{
    public static bool IsFinite(ReadOnlySpan<float> row)
    {
        // x − x is 0 for a finite x and NaN for any other, and NaN survives the sum.
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(row[i..]);
            sum += x - x;
        }

        float tail = Vector.Sum(sum);
        for (; i < row.Length; i++)
        {
            tail += row[i] - row[i];
        }

        return tail == 0f;
    }

    /// <summary>The maximal runs of finite rows, in order.</summary>
    public static List<Range> Runs(ReadOnlySpan<float> rows, int width)
    {
        var runs = new List<Range>(1);
        int count = rows.Length / width;
        int start = 0;
        for (int i = 0; i <= count; i++)
        {
            if (i == count || !IsFinite(rows.Slice(i * width, width)))
            {
                if (i > start)
                {
                    runs.Add(start..i);
                }

                start = i + 1;
            }
        }

        return runs;
    }
}
