using System.Runtime.InteropServices;
using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>x [N, 2] → MatMul with w → "product" → Relu → "hidden" → Add b → y, and whatever a test adds.</summary>
internal static class TinyNetwork
{
    public const int Float = 1;
    public const int Int64 = 7;

    public static ModelProto Create()
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            ProducerName = "test",
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } },
            Graph = new GraphProto { Name = "tiny" },
        };
        model.Graph.Input.Add(Value("x", Float, null, 2));
        model.Graph.Output.Add(Value("y", Float, null, 2));
        model.Graph.Initializer.Add(Tensor("w", [2, 2], 1, -2, 3, 4));
        model.Graph.Initializer.Add(Tensor("b", [2], 10, 20));
        model.Graph.Node.Add(Node("MatMul", ["x", "w"], "product"));
        model.Graph.Node.Add(Node("Relu", ["product"], "hidden"));
        model.Graph.Node.Add(Node("Add", ["hidden", "b"], "y"));
        return model;
    }

    /// <summary>x → Cast → y, three values a row; a batch of null is dynamic.</summary>
    public static ModelProto Cast(TensorElementType from, TensorElementType to, int? batch)
    {
        ModelProto model = Create();
        NodeProto cast = Node("Cast", ["x"], "y");
        cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)to });
        model.Graph.Node.Clear();
        model.Graph.Initializer.Clear();
        model.Graph.Node.Add(cast);
        model.Graph.Input[0] = Value("x", (int)from, batch, 3);
        model.Graph.Output[0] = Value("y", (int)to, batch, 3);
        return model;
    }

    /// <summary>y = a − b, three values a row.</summary>
    public static ModelProto Difference()
    {
        ModelProto model = Create();
        model.Graph.Node.Clear();
        model.Graph.Initializer.Clear();
        model.Graph.Node.Add(Node("Sub", ["a", "b"], "y"));
        model.Graph.Input[0] = Value("a", Float, null, 3);
        model.Graph.Input.Add(Value("b", Float, null, 3));
        model.Graph.Output[0] = Value("y", Float, null, 3);
        return model;
    }

    public static OnnxGraph Load(ModelProto model) => OnnxGraph.Load(new MemoryStream(model.ToByteArray()));

    public static NodeProto Node(string operatorType, string[] inputs, params string[] outputs) =>
        new() { OpType = operatorType, Input = { inputs }, Output = { outputs } };

    /// <summary>A described tensor; a dimension of null is the batch "N".</summary>
    public static ValueInfoProto Value(string name, int elementType, params int?[] shape)
    {
        var type = new TypeProto.Types.Tensor { ElemType = elementType, Shape = new TensorShapeProto() };
        type.Shape.Dim.Add(shape.Select(size => size is { } known
            ? new TensorShapeProto.Types.Dimension { DimValue = known }
            : new TensorShapeProto.Types.Dimension { DimParam = "N" }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = type } };
    }

    public static TensorProto Tensor(string name, long[] dimensions, params float[] values) => new()
    {
        Name = name,
        DataType = Float,
        Dims = { dimensions },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
    };
}
