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
    private readonly EmbeddingPooling _pooling;
    private readonly int _width;

    private FeatureOutput(FeatureTensorColumn column, int rows)
    {
        _tensor = column.Tensor;
        _pooling = column.Pooling;
        _width = WidthOf(column);
        _pooled = _pooling == EmbeddingPooling.None ? [] : new float[rows * _width];
    }

    /// <summary>The memory of the batch.</summary>
    public abstract FeatureTensorBuffer Buffer { get; }

    /// <summary>The type of the column: the row's shape, its channels where it is pooled, or its size where it is flattened.</summary>
    public static VectorDataViewType ColumnType(FeatureTensorColumn column) => column switch
    {
        { Tensor.RowShape.Count: 0 } => new VectorDataViewType(NumberDataViewType.Single, 1),
        { Pooling: EmbeddingPooling.None, Flatten: true } => new VectorDataViewType(NumberDataViewType.Single, column.Tensor.RowSize),
        { Pooling: EmbeddingPooling.None } => new VectorDataViewType(NumberDataViewType.Single, column.Tensor.RowShape.ToArray()),
        _ => new VectorDataViewType(NumberDataViewType.Single, WidthOf(column)),
    };

    /// <param name="column">The tensor, and how it is pooled.</param>
    /// <param name="rows">The rows of a batch.</param>
    /// <param name="memory">Lends the memory of the batch.</param>
    public static FeatureOutput Create(FeatureTensorColumn column, int rows, FeaturePinnedArrays memory) => column.Tensor.ElementType switch
    {
        OnnxElementType.Float => new OfSingle(column, rows, memory),
        OnnxElementType.Float16 => new Converted<Half>(column, rows, memory, TensorPrimitives.ConvertToSingle),
        OnnxElementType.Double => new Converted<double>(column, rows, memory, TensorPrimitives.ConvertTruncating),
        var other => throw new InvalidOperationException($"No column can take a tensor of {other}."),
    };

    /// <summary>Makes the values of the column out of the first rows that the network gave.</summary>
    public void Finish(int count)
    {
        Convert(count);
        Span<float> pooled = _pooled.AsSpan(0, _pooled.Length > 0 ? count * _width : 0);
        switch (_pooling)
        {
            case EmbeddingPooling.Positions:
                ChannelMeans.Compute(Singles(count), pooled);
                break;
            case EmbeddingPooling.MeanToken:
                TokenMeans.Compute(Singles(count), _width, pooled);
                break;
            case EmbeddingPooling.FirstToken:
                CopyFirstTokens(Singles(count), pooled);
                break;
            default:
                break;
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

    private static int WidthOf(FeatureTensorColumn column) => column.Pooling switch
    {
        EmbeddingPooling.Positions => column.Tensor.RowShape[0],
        EmbeddingPooling.MeanToken or EmbeddingPooling.FirstToken => column.Tensor.RowShape[1],
        _ => column.Tensor.RowSize,
    };

    private void CopyFirstTokens(ReadOnlySpan<float> rows, Span<float> tokens)
    {
        for (int slot = 0; slot < tokens.Length / _width; slot++)
        {
            rows.Slice(slot * _tensor.RowSize, _width).CopyTo(tokens[(slot * _width)..]);
        }
    }

    private ReadOnlySpan<float> Row(int slot) => _pooled.Length > 0
        ? _pooled.AsSpan(slot * _width, _width)
        : Singles(slot + 1)[(slot * _tensor.RowSize)..];

    private sealed class OfSingle(FeatureTensorColumn column, int rows, FeaturePinnedArrays memory) : FeatureOutput(column, rows)
    {
        private readonly FeatureTensorBuffer<float> _buffer = new(column.Tensor, rows, memory);

        public override FeatureTensorBuffer Buffer => _buffer;

        public override void Dispose() => _buffer.Dispose();

        protected override void Convert(int count)
        {
        }

        protected override ReadOnlySpan<float> Singles(int count) => _buffer.Rows(count);
    }

    private sealed class Converted<T>(FeatureTensorColumn column, int rows, FeaturePinnedArrays memory, Converter<T> convert) : FeatureOutput(column, rows)
        where T : unmanaged
    {
        private readonly FeatureTensorBuffer<T> _buffer = new(column.Tensor, rows, memory);
        private readonly float[] _singles = new float[rows * column.Tensor.RowSize];

        public override FeatureTensorBuffer Buffer => _buffer;

        public override void Dispose() => _buffer.Dispose();

        protected override void Convert(int count) => convert(_buffer.Rows(count), _singles);

        protected override ReadOnlySpan<float> Singles(int count) => _singles.AsSpan(0, count * Buffer.Tensor.RowSize);
    }

    private delegate void Converter<T>(ReadOnlySpan<T> from, Span<float> to);
}
