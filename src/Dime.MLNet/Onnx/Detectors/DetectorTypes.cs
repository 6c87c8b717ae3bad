using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>The types of values in the graph of a detector.</summary>
internal static class DetectorTypes
{
    public const OnnxElementType Float = OnnxElementType.Float;
    public const OnnxElementType Double = OnnxElementType.Double;
    public const OnnxElementType Int64 = OnnxElementType.Int64;
    public const OnnxElementType Bool = OnnxElementType.Bool;

    public static AttributeProto CastTo(OnnxElementType type) => GraphBuilder.Attribute("to", (long)type);

    public static TensorShapeProto.Types.Dimension Size(int size) => new() { DimValue = size };

    public static ValueInfoProto Value(string name, OnnxElementType type, params TensorShapeProto.Types.Dimension[] shape) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto { Dim = { shape.Select(dimension => dimension.Clone()) } } },
        },
    };
}
