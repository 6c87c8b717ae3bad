using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Arrays as the weights of a graph, and back.</summary>
internal static class StoredTensor
{
    public static TensorProto Of(string name, ReadOnlySpan<float> values, params long[] dimensions) => new()
    {
        Name = name,
        DataType = (int)OnnxElementType.Float,
        Dims = { dimensions },
        RawData = ByteString.CopyFrom(LittleEndian.BytesOf(values)),
    };

    public static TensorProto Of(string name, ReadOnlySpan<double> values, params long[] dimensions) => new()
    {
        Name = name,
        DataType = (int)OnnxElementType.Double,
        Dims = { dimensions },
        RawData = ByteString.CopyFrom(LittleEndian.BytesOf(values)),
    };

    public static TensorProto Of(string name, ReadOnlySpan<long> values, params long[] dimensions) => new()
    {
        Name = name,
        DataType = (int)OnnxElementType.Int64,
        Dims = { dimensions },
        RawData = ByteString.CopyFrom(LittleEndian.BytesOf(values)),
    };

    /// <summary>The values of a tensor of <see cref="float"/>; null where the tensor is none, or holds more or fewer values than it says.</summary>
    public static float[]? ReadSingles(TensorProto tensor) => Read(tensor, OnnxElementType.Float, tensor.FloatData);

    /// <summary>The same of <see cref="double"/>.</summary>
    public static double[]? ReadDoubles(TensorProto tensor) => Read(tensor, OnnxElementType.Double, tensor.DoubleData);

    /// <summary>The values of a matrix of <see cref="float"/>; null where the tensor is no such matrix, or holds more or fewer values than it says.</summary>
    public static float[]? ReadMatrix(TensorProto tensor) => tensor.Dims.Count == 2 ? ReadSingles(tensor) : null;

    private static T[]? Read<T>(TensorProto tensor, OnnxElementType type, RepeatedField<T> numbers)
        where T : unmanaged
    {
        if (tensor.DataType != (int)type)
        {
            return null;
        }

        // What is there is compared with what is claimed before anything is allocated.
        long claimed = 1;
        foreach (long size in tensor.Dims)
        {
            if (size is <= 0 or > int.MaxValue || claimed > int.MaxValue)
            {
                return null;
            }

            claimed *= size;
        }

        if (tensor.HasRawData)
        {
            return tensor.RawData.Length == claimed * Unsafe.SizeOf<T>() ? MemoryMarshal.Cast<byte, T>(tensor.RawData.Span).ToArray() : null;
        }

        return numbers.Count == claimed ? [.. numbers] : null;
    }
}
