using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dime.MLNet.Pooling;

/// <summary>Averages tokens, summed in double precision and in the order of the tokens.</summary>
internal static class TokenMeans
{
    /// <summary>Writes the mean token of each row.</summary>
    /// <param name="tokens">The rows one after the other, each its tokens one after the other.</param>
    /// <param name="width">C, the values of a token.</param>
    /// <param name="means">Room for a token of each row.</param>
    public static void Compute(ReadOnlySpan<float> tokens, int width, Span<float> means)
    {
        int rowSize = tokens.Length / (means.Length / width);
        for (int row = 0; row < means.Length / width; row++)
        {
            Average(tokens.Slice(row * rowSize, rowSize), means.Slice(row * width, width));
        }
    }

    private static void Average(ReadOnlySpan<float> tokens, Span<float> mean)
    {
        int width = mean.Length;
        double count = tokens.Length / width;
        int column = 0;
        for (; column <= width - Vector256<float>.Count; column += Vector256<float>.Count)
        {
            Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
            for (int start = column; start < tokens.Length; start += width)
            {
                (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.LoadUnsafe(in MemoryMarshal.GetReference(tokens), (nuint)start));
                low += lower;
                high += upper;
            }

            Vector256.Narrow(low / count, high / count).CopyTo(mean[column..]);
        }

        for (; column < width; column++)
        {
            double sum = 0;
            for (int start = column; start < tokens.Length; start += width)
            {
                sum += tokens[start];
            }

            mean[column] = (float)(sum / count);
        }
    }
}
