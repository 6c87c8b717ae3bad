using System.Numerics.Tensors;
using Dime.MLNet.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Onnx.Features;

/// <summary>The batch of a tensor that the network gives, and the values of its column.</summary>
internal abstract class FeatureOutput : IDisposable
{
    private readonly float[] _pooled;
    private readonly FeatureTensor _tensor;

    private FeatureOutput(FeatureTensor tensor, int rows, bool pool)
    {
        _tensor = tensor;
        _pooled = pool ? new float[rows * tensor.RowShape[0]] : [];
    }

    /// <summary>The memory of the batch.</summary>
    public abstract FeatureTensorBuffer Buffer { get; }

    /// <summary>The type of the column: the row's shape, or its channels where they are averaged.</summary>
    public static VectorDataViewType ColumnType(FeatureTensor tensor, bool poolFeatureMaps) => tensor switch
    {
        { RowShape.Count: 0 } => new VectorDataViewType(NumberDataViewType.Single, 1),
        { IsFeatureMap: true } when poolFeatureMaps => new VectorDataViewType(NumberDataViewType.Single, tensor.RowShape[0]),
        _ => new VectorDataViewType(NumberDataViewType.Single, tensor.RowShape.ToArray()),
    };

    /// <param name="tensor">The tensor.</param>
    /// <param name="rows">The rows of a batch.</param>
    /// <param name="poolFeatureMaps">Whether to average the channels, where it has some.</param>
    /// <param name="memory">Lends the memory of the batch.</param>
    public static FeatureOutput Create(FeatureTensor tensor, int rows, bool poolFeatureMaps, FeaturePinnedArrays memory)
    {
        bool pool = poolFeatureMaps && tensor.IsFeatureMap;
        return tensor.ElementType switch
        {
            OnnxElementType.Float => new OfSingle(tensor, rows, pool, memory),
            OnnxElementType.Float16 => new Converted<Half>(tensor, rows, pool, memory, TensorPrimitives.ConvertToSingle),
            OnnxElementType.Double => new Converted<double>(tensor, rows, pool, memory, TensorPrimitives.ConvertTruncating),
            var other => throw new InvalidOperationException($"No column can take a tensor of {other}."),
        };
    }

    /// <summary>Makes the values of the column out of the first rows that the network gave.</summary>
    public void Finish(int count)
    {
        Convert(count);
        if (_pooled.Length > 0)
        {
            ChannelMeans.Compute(Singles(count), _pooled.AsSpan(0, count * _tensor.RowShape[0]));
        }
    }

    /// <summary>The getter of the column.</summary>
    public ValueGetter<VBuffer<float>> GetterOf(Func<int> slot) => (ref VBuffer<float> value) =>
    {
        ReadOnlySpan<float> row = Row(slot());
        var editor = VBufferEditor.Create(ref value, row.Length);
        row.CopyTo(editor.Values);
        value = editor.Commit();
    };

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();

    protected abstract void Convert(int count);

    protected abstract ReadOnlySpan<float> Singles(int count);

    private ReadOnlySpan<float> Row(int slot) => _pooled.Length > 0
        ? _pooled.AsSpan(slot * _tensor.RowShape[0], _tensor.RowShape[0])
        : Singles(slot + 1)[(slot * _tensor.RowSize)..];

    private sealed class OfSingle(FeatureTensor tensor, int rows, bool pool, FeaturePinnedArrays memory) : FeatureOutput(tensor, rows, pool)
    {
        private readonly FeatureTensorBuffer<float> _buffer = new(tensor, rows, memory);

        public override FeatureTensorBuffer Buffer => _buffer;

        public override void Dispose() => _buffer.Dispose();

        protected override void Convert(int count)
        {
        }

        protected override ReadOnlySpan<float> Singles(int count) => _buffer.Rows(count);
    }

    private sealed class Converted<T>(FeatureTensor tensor, int rows, bool pool, FeaturePinnedArrays memory, Converter<T> convert) : FeatureOutput(tensor, rows, pool)
        where T : unmanaged
    {
        private readonly FeatureTensorBuffer<T> _buffer = new(tensor, rows, memory);
        private readonly float[] _singles = new float[rows * tensor.RowSize];

        public override FeatureTensorBuffer Buffer => _buffer;

        public override void Dispose() => _buffer.Dispose();

        protected override void Convert(int count) => convert(_buffer.Rows(count), _singles);

        protected override ReadOnlySpan<float> Singles(int count) => _singles.AsSpan(0, count * Buffer.Tensor.RowSize);
    }

    private delegate void Converter<T>(ReadOnlySpan<T> from, Span<float> to);
}
