using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Pooling;

/// <summary>Averages the channels of feature maps, summed in double precision and in the same order on every processor.</summary>
internal static class ChannelMeans
{
    /// <summary>Writes the mean of each channel.</summary>
    /// <param name="maps">The channels one after the other, of one feature map or of several.</param>
    /// <param name="means">Room for a mean of each channel.</param>
    public static void Compute(ReadOnlySpan<float> maps, Span<float> means)
    {
        int positions = maps.Length / means.Length;
        for (int channel = 0; channel < means.Length; channel++)
        {
            means[channel] = (float)(Sum(maps.Slice(channel * positions, positions)) / positions);
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        foreach (Vector256<float> vector in vectors)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(vector);
            low += lower;
            high += upper;
        }

        double sum = 0;
        foreach (float value in values[(vectors.Length * Vector256<float>.Count)..])
        {
            sum += value;
        }

        return sum + LaneSum.Of(low + high);
    }
}
