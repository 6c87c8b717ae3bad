using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Tests.Numerics.Simd;

/// <summary>The kernels of every vector width that this process can run.</summary>
internal static class Kernels
{
    public static IEnumerable<TileKernel<float>> Single()
    {
        yield return new VectorTileKernel<float, Vector128<float>, Simd128, PartialSums>();
        if (Simd256.IsSupported)
        {
            yield return new VectorTileKernel<float, Vector256<float>, Simd256, PartialSums>();
        }

        if (Simd512.IsSupported)
        {
            yield return new VectorTileKernel<float, Vector512<float>, Simd512, PartialSums>();
        }
    }

    public static IEnumerable<TileKernel<double>> Double()
    {
        yield return new VectorTileKernel<double, Vector128<double>, Simd128, RunningSum>();
        if (Simd256.IsSupported)
        {
            yield return new VectorTileKernel<double, Vector256<double>, Simd256, RunningSum>();
        }

        if (Simd512.IsSupported)
        {
            yield return new VectorTileKernel<double, Vector512<double>, Simd512, RunningSum>();
        }
    }
}
