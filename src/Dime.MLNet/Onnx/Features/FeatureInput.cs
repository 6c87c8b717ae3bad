using System.Numerics.Tensors;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Onnx.Features;

/// <summary>Copies a column of the current row into a slot of the batch that the network takes.</summary>
internal abstract class FeatureInput : IDisposable
{
    private delegate void Converter<TColumn, TTensor>(ReadOnlySpan<TColumn> from, Span<TTensor> to);

    /// <summary>The memory of the batch.</summary>
    public abstract FeatureTensorBuffer Buffer { get; }

    /// <summary>The type that a column must have for a tensor of such elements, or null where no column can feed it.</summary>
    public static PrimitiveDataViewType? ItemType(OnnxElementType elementType) => elementType switch
    {
        OnnxElementType.Float or OnnxElementType.Float16 => NumberDataViewType.Single,
        OnnxElementType.Double => NumberDataViewType.Double,
        OnnxElementType.Int8 => NumberDataViewType.SByte,
        OnnxElementType.Int16 => NumberDataViewType.Int16,
        OnnxElementType.Int32 => NumberDataViewType.Int32,
        OnnxElementType.Int64 => NumberDataViewType.Int64,
        OnnxElementType.UInt8 => NumberDataViewType.Byte,
        OnnxElementType.UInt16 => NumberDataViewType.UInt16,
        OnnxElementType.UInt32 => NumberDataViewType.UInt32,
        OnnxElementType.UInt64 => NumberDataViewType.UInt64,
        OnnxElementType.Bool => BooleanDataViewType.Instance,
        _ => null,
    };

    /// <param name="source">Gives the row's values.</param>
    /// <param name="column">A column that passed the checks.</param>
    /// <param name="tensor">The tensor that it feeds.</param>
    /// <param name="rows">The rows of a batch.</param>
    /// <param name="memory">Lends the memory of the batch.</param>
    public static FeatureInput Create(IColumnSource source, DataViewSchema.Column column, FeatureTensor tensor, int rows, FeaturePinnedArrays memory)
    {
        return tensor.ElementType switch
        {
            OnnxElementType.Float => Same<float>(),
            OnnxElementType.Float16 => new Of<float, Half>(source, column, tensor, rows, memory, TensorPrimitives.ConvertToHalf),
            OnnxElementType.Double => Same<double>(),
            OnnxElementType.Int8 => Same<sbyte>(),
            OnnxElementType.Int16 => Same<short>(),
            OnnxElementType.Int32 => Same<int>(),
            OnnxElementType.Int64 => Same<long>(),
            OnnxElementType.UInt8 => Same<byte>(),
            OnnxElementType.UInt16 => Same<ushort>(),
            OnnxElementType.UInt32 => Same<uint>(),
            OnnxElementType.UInt64 => Same<ulong>(),
            OnnxElementType.Bool => Same<bool>(),
            var other => throw new InvalidOperationException($"No column can feed a tensor of {other}."),
        };

        Of<T, T> Same<T>()
            where T : unmanaged => new(source, column, tensor, rows, memory, (from, to) => from.CopyTo(to));
    }

    /// <summary>Reads the source's current row.</summary>
    public abstract void Read(int slot);

    /// <summary>Fills the slots from <paramref name="count"/> on: with the last row read, which the network is known to take.</summary>
    public abstract void Pad(int count, int rows);

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();

    private sealed class Of<TColumn, TTensor>(
        IColumnSource source, DataViewSchema.Column column, FeatureTensor tensor, int rows, FeaturePinnedArrays memory, Converter<TColumn, TTensor> convert) : FeatureInput
        where TColumn : unmanaged
        where TTensor : unmanaged
    {
        private readonly ColumnReader<TColumn> _reader = new(source, column);
        private readonly FeatureTensorBuffer<TTensor> _buffer = new(tensor, rows, memory);

        public override FeatureTensorBuffer Buffer => _buffer;

        public override void Dispose() => _buffer.Dispose();

        public override void Read(int slot) => convert(_reader.Read(), _buffer.Row(slot));

        public override void Pad(int count, int rows)
        {
            for (int slot = count; slot < rows; slot++)
            {
                _buffer.Row(count - 1).CopyTo(_buffer.Row(slot));
            }
        }
    }
}
