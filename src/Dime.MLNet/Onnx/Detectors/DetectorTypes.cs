using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>The types of values in the graph of a detector.</summary>
internal static class DetectorTypes
{
    public const TensorElementType Float = TensorElementType.Float;
    public const TensorElementType Int64 = TensorElementType.Int64;
    public const TensorElementType Bool = TensorElementType.Bool;

    public static AttributeProto CastTo(TensorElementType type) => GraphBuilder.Attribute("to", (long)type);

    public static ValueInfoProto Value(string name, TensorElementType type, params TensorShapeProto.Types.Dimension[] shape) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto { Dim = { shape.Select(dimension => dimension.Clone()) } } },
        },
    };
}
