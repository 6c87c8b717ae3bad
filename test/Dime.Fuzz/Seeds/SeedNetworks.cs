using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Onnx;
using Google.Protobuf;

namespace Dime.Fuzz.Seeds;

/// <summary>Networks of a few operators.</summary>
internal static class SeedNetworks
{
    /// <summary>x [N, 3] → Unsqueeze → maps [N, 3, 1, 1] → Flatten → Gemm → y [N, 2]: feature maps and logits, with all shapes stated.</summary>
    public static ModelProto Maps()
    {
        ModelProto model = TinyNetwork.Create();
        GraphProto graph = model.Graph;
        graph.Node.Clear();
        graph.Initializer.Clear();
        graph.Initializer.Add(TinyNetwork.Tensor("w", [3, 2], 1, -2, 3, 4, -5, 6));
        graph.Initializer.Add(new TensorProto { Name = "axes", DataType = TinyNetwork.Int64, Dims = { 2 }, Int64Data = { 2, 3 } });
        graph.Node.Add(TinyNetwork.Node("Unsqueeze", ["x", "axes"], "raw"));
        graph.Node.Add(TinyNetwork.Node("Relu", ["raw"], "maps"));
        graph.Node.Add(TinyNetwork.Node("Flatten", ["maps"], "flat"));
        graph.Node.Add(TinyNetwork.Node("Gemm", ["flat", "w"], "y"));
        graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, null, 3);
        graph.ValueInfo.Add(TinyNetwork.Value("raw", TinyNetwork.Float, null, 3, 1, 1));
        graph.ValueInfo.Add(TinyNetwork.Value("maps", TinyNetwork.Float, null, 3, 1, 1));
        graph.ValueInfo.Add(TinyNetwork.Value("flat", TinyNetwork.Float, null, 3));
        return model;
    }

    /// <summary>y = x where b, and −x elsewhere: graphs within an operator.</summary>
    public static ModelProto Nested()
    {
        ModelProto model = TinyNetwork.Create();
        GraphProto graph = model.Graph;
        graph.Node.Clear();
        graph.Initializer.Clear();
        graph.Input.Add(TinyNetwork.Value("b", elementType: 9));
        NodeProto choice = TinyNetwork.Node("If", ["b"], "y");
        choice.Attribute.Add(Branch("then_branch", "Identity"));
        choice.Attribute.Add(Branch("else_branch", "Neg"));
        graph.Node.Add(choice);
        return model;
    }

    /// <summary>The network with a detector of each kind in it.</summary>
    public static byte[] Fused()
    {
        OnnxGraph network = TinyNetwork.Load(Maps());
        network = network.Fuse(SeedModels.Embedding(normalize: true).ToOnnx(), "flat", "normal");
        return Bytes(network.Fuse(SeedModels.Embedding().ToOnnx(includeWithin: true), "maps", "plain"));
    }

    public static byte[] Bytes(OnnxGraph graph)
    {
        using var stream = new MemoryStream();
        graph.Save(stream);
        return stream.ToArray();
    }

    public static byte[] Bytes(ModelProto model) => model.ToByteArray();

    private static AttributeProto Branch(string name, string operatorType)
    {
        var graph = new GraphProto { Name = name };
        graph.Node.Add(TinyNetwork.Node(operatorType, ["x"], name + "_y"));
        graph.Output.Add(TinyNetwork.Value(name + "_y", TinyNetwork.Float, null, 2));
        return new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph };
    }
}
