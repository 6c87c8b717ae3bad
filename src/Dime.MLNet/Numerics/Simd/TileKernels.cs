using System.Runtime.Intrinsics;

namespace Dime.MLNet.Numerics.Simd;

/// <summary>The kernels for the widest vectors of this machine.</summary>
internal static class TileKernels
{
    public static TileKernel<float> Single { get; } =
        Simd512.IsSupported ? new VectorTileKernel<float, Vector512<float>, Simd512, PartialSums>()
        : Simd256.IsSupported ? new VectorTileKernel<float, Vector256<float>, Simd256, PartialSums>()
        : new VectorTileKernel<float, Vector128<float>, Simd128, PartialSums>();

    public static TileKernel<double> Double { get; } =
        Simd512.IsSupported ? new VectorTileKernel<double, Vector512<double>, Simd512, RunningSum>()
        : Simd256.IsSupported ? new VectorTileKernel<double, Vector256<double>, Simd256, RunningSum>()
        : new VectorTileKernel<double, Vector128<double>, Simd128, RunningSum>();
}
