using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Onnx;

/// <summary>Memory for a batch of a tensor's rows, which ONNX Runtime reads or writes in place.</summary>
internal abstract class FeatureTensorBuffer(FeatureTensor tensor)
{
    public FeatureTensor Tensor { get; } = tensor;

    /// <summary>A view of the first rows, good as long as the buffer is reachable.</summary>
    public abstract OrtValue View(int rows);
}

/// <inheritdoc/>
/// <typeparam name="T">The type of the tensor's elements.</typeparam>
internal sealed class FeatureTensorBuffer<T>(FeatureTensor tensor, int rows) : FeatureTensorBuffer(tensor)
    where T : unmanaged
{
    // Pinned for good: the garbage collector must not move it while ONNX Runtime has its address.
    private readonly T[] _values = GC.AllocateArray<T>(checked(rows * tensor.RowSize), pinned: true);

    /// <summary>The first rows.</summary>
    public Span<T> Rows(int count) => _values.AsSpan(0, count * Tensor.RowSize);

    public Span<T> Row(int slot) => _values.AsSpan(slot * Tensor.RowSize, Tensor.RowSize);

    public override OrtValue View(int rows) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        Tensor.ElementType,
        Tensor.ShapeOf(rows),
        Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0),
        (long)rows * Tensor.RowSize * Unsafe.SizeOf<T>());
}
