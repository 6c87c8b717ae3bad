using System.Runtime.Intrinsics;

namespace Dime.MLNet.Numerics.Simd;

/// <summary>Multiplies rows by one packed panel of columns: the innermost work of every product in this library.</summary>
internal abstract unsafe class TileKernel<T>
    where T : unmanaged
{
    /// <summary>Gets the columns of a panel; it is two cache lines wide, whatever the vector width.</summary>
    public static int PanelWidth => 128 / sizeof(T);

    /// <summary>
    /// Adds <c>left · panel</c> to <paramref name="target"/>. Each element is a chain of fused multiply-adds along the
    /// depth, see <see cref="ISummation"/>, so the tile it falls into does not change its bits.
    /// </summary>
    /// <param name="left">Element (r, d) is at <c>r·rowStride + d·depthStride</c>.</param>
    /// <param name="rowStride">The distance between two rows of <paramref name="left"/>.</param>
    /// <param name="depthStride">The distance between two elements of a row.</param>
    /// <param name="rows">The rows to multiply.</param>
    /// <param name="panel">The depth × <see cref="PanelWidth"/> elements of the right factor, row-major.</param>
    /// <param name="depth">The length of the chains.</param>
    /// <param name="target">A rows × <see cref="PanelWidth"/> window.</param>
    /// <param name="targetStride">The distance between two rows of the target.</param>
    public abstract void MultiplyAdd(
        T* left, nint rowStride, nint depthStride, int rows, T* panel, int depth, T* target, nint targetStride);
}

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
