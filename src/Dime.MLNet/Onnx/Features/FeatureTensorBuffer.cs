using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Onnx.Features;

/// <summary>Memory for a batch of a tensor's rows, which ONNX Runtime reads or writes in place.</summary>
internal abstract class FeatureTensorBuffer(FeatureTensor tensor) : IDisposable
{
    public FeatureTensor Tensor { get; } = tensor;

    /// <summary>A view of the first rows, good until the buffer is disposed.</summary>
    public abstract OrtValue View(int rows);

    /// <summary>Gives the memory back; whoever reads on finds none.</summary>
    public abstract void Dispose();
}

/// <inheritdoc/>
/// <typeparam name="T">The type of the tensor's elements.</typeparam>
internal sealed class FeatureTensorBuffer<T>(FeatureTensor tensor, int rows, FeaturePinnedArrays memory) : FeatureTensorBuffer(tensor)
    where T : unmanaged
{
    private T[] _values = memory.Rent<T>(checked(rows * tensor.RowSize));

    /// <summary>The first rows.</summary>
    public Span<T> Rows(int count) => _values.AsSpan(0, count * Tensor.RowSize);

    public Span<T> Row(int slot) => _values.AsSpan(slot * Tensor.RowSize, Tensor.RowSize);

    public override OrtValue View(int rows) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        (TensorElementType)Tensor.ElementType, // the same numbers
        Tensor.ShapeOf(rows),
        Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0),
        (long)rows * Tensor.RowSize * Unsafe.SizeOf<T>());

    public override void Dispose()
    {
        // Only once: an array that is returned twice would be lent to two cursors.
        if (Interlocked.Exchange(ref _values, []) is { Length: > 0 } values)
        {
            memory.Return(values);
        }
    }
}
