using System.Runtime.InteropServices;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;
using Google.Protobuf;

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

    public static TensorProto Of(string name, ReadOnlySpan<long> values, params long[] dimensions) => new()
    {
        Name = name,
        DataType = (int)OnnxElementType.Int64,
        Dims = { dimensions },
        RawData = ByteString.CopyFrom(LittleEndian.BytesOf(values)),
    };

    /// <summary>The values of a matrix of <see cref="float"/>; null where the tensor is no such matrix, or holds more or fewer values than it says.</summary>
    public static float[]? ReadMatrix(TensorProto tensor)
    {
        if (tensor.DataType != (int)OnnxElementType.Float || tensor.Dims is not [> 0 and <= int.MaxValue, > 0 and <= int.MaxValue])
        {
            return null;
        }

        // What is there is compared with what is claimed before anything is allocated. The product of two ints cannot overflow a long.
        long claimed = tensor.Dims[0] * tensor.Dims[1];
        if (tensor.HasRawData)
        {
            return tensor.RawData.Length == claimed * sizeof(float) ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : null;
        }

        return tensor.FloatData.Count == claimed ? [.. tensor.FloatData] : null;
    }
}
