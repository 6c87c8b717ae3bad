using System.Runtime.Intrinsics;

namespace Dime.MLNet.Numerics.Simd;

/// <summary>The sum of a vector's lanes, in an order that <see cref="Vector256.Sum{T}"/> leaves to the hardware.</summary>
internal static class LaneSum
{
    public static double Of(Vector256<double> lanes) => (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}
