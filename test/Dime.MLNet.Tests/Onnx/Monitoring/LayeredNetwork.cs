using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;

namespace Dime.MLNet.Tests.Onnx.Monitoring;

/// <summary>A network that a test puts together layer by layer. Weights are random, reproducible, and of the right sizes.</summary>
internal sealed class LayeredNetwork
{
    private readonly ModelProto _model = TinyNetwork.Create();
    private readonly Random _random = new(3);
    private int _count;

    /// <param name="input">The sizes of the input "x"; null for the batch.</param>
    public LayeredNetwork(params int?[] input)
    {
        _model.Graph.Node.Clear();
        _model.Graph.Initializer.Clear();
        _model.Graph.Output.Clear();
        _model.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, input);
    }

    public GraphProto Graph => _model.Graph;

    /// <summary>The version of the standard operators; 13 unless set.</summary>
    public LayeredNetwork Opset(int version)
    {
        _model.OpsetImport[0].Version = version;
        return this;
    }

    public string Node(string type, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        NodeProto node = TinyNetwork.Node(type, inputs, output);
        node.Attribute.Add(attributes.Select(attribute => attribute.Value switch
        {
            int number => new AttributeProto { Name = attribute.Name, Type = AttributeProto.Types.AttributeType.Int, I = number },
            int[] numbers => new AttributeProto { Name = attribute.Name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers.Select(number => (long)number) } },
            var other => throw new ArgumentException($"{other}"),
        }));
        _model.Graph.Node.Add(node);
        return output;
    }

    public string Weight(params long[] sizes)
    {
        string name = $"w{_count++}";
        float[] values = [.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (product, size) => product * size)).Select(_ => (float)(_random.NextDouble() - 0.5))];
        _model.Graph.Initializer.Add(TinyNetwork.Tensor(name, sizes, values));
        return name;
    }

    public string Integers(params long[] values)
    {
        string name = $"i{_count++}";
        _model.Graph.Initializer.Add(new TensorProto { Name = name, DataType = TinyNetwork.Int64, Dims = { values.Length }, Int64Data = { values } });
        return name;
    }

    public string Scalar(long value)
    {
        string name = $"s{_count++}";
        _model.Graph.Initializer.Add(new TensorProto { Name = name, DataType = TinyNetwork.Int64, Int64Data = { value } });
        return name;
    }

    /// <summary>A convolution that keeps the size, or halves it at stride 2.</summary>
    public string Conv(string input, int from, int to, string output, int kernel = 3, int stride = 1) => Node(
        "Conv", [input, Weight(to, from, kernel, kernel), Weight(to)], output,
        ("kernel_shape", new[] { kernel, kernel }), ("strides", new[] { stride, stride }), ("pads", Enumerable.Repeat(kernel / 2, 4).ToArray()));

    public string ConvRelu(string input, int from, int to, string output, int stride = 1) => Node("Relu", [Conv(input, from, to, output + "_conv", 3, stride)], output);

    public string Halved(string input, string output) => Node("MaxPool", [input], output, ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));

    public string Gemm(string input, int from, int to, string output) => Node("Gemm", [input, Weight(from, to), Weight(to)], output);

    public string MatMul(string input, int from, int to, string output) => Node("MatMul", [input, Weight(from, to)], output);

    /// <summary>Attention of one head and a perceptron, each added to what it is made of, tokens of C values: "1_attended" and "1".</summary>
    public string Block(string tokens, int width, string name)
    {
        string queries = MatMul(Normalized(tokens, width, $"{name}_norm"), width, width, $"{name}_q");
        string keys = Node("Transpose", [MatMul($"{name}_norm", width, width, $"{name}_k")], $"{name}_kt", ("perm", new[] { 0, 2, 1 }));
        string weights = Node("Softmax", [Node("MatMul", [queries, keys], $"{name}_qk")], $"{name}_weights", ("axis", -1));
        string mixed = Node("MatMul", [weights, MatMul($"{name}_norm", width, width, $"{name}_v")], $"{name}_mixed");
        string attended = Node("Add", [tokens, Node("Add", [MatMul(mixed, width, width, $"{name}_o"), Weight(width)], $"{name}_ob")], $"{name}_attended");
        string wide = Node("Add", [MatMul(Normalized(attended, width, $"{name}_norm2"), width, 2 * width, $"{name}_up"), Weight(2 * width)], $"{name}_upb");
        string gated = Node("Mul", [wide, Node("Sigmoid", [wide], $"{name}_gate")], $"{name}_gated");
        return Node("Add", [attended, MatMul(gated, 2 * width, width, $"{name}_down")], name);
    }

    public string Normalized(string tokens, int width, string output)
    {
        string centred = Node("Sub", [tokens, Node("ReduceMean", [tokens], $"{output}_mean", ("axes", new[] { -1 }))], $"{output}_centred");
        string variance = Node("ReduceMean", [Node("Mul", [centred, centred], $"{output}_square")], $"{output}_variance", ("axes", new[] { -1 }));
        string scaled = Node("Div", [centred, Node("Sqrt", [Node("Add", [variance, Weight(1)], $"{output}_eps")], $"{output}_root")], $"{output}_scaled");
        return Node("Mul", [scaled, Weight(width)], output);
    }

    /// <summary>The network with the named outputs, whose types ONNX Runtime infers.</summary>
    public OnnxGraph With(params string[] outputs)
    {
        _model.Graph.Output.Clear();
        _model.Graph.Output.Add(outputs.Select(name => new ValueInfoProto { Name = name }));
        return OnnxGraph.Load(new MemoryStream(_model.ToByteArray()));
    }

    /// <summary>Patches of an image as tokens, N×16×8, through two blocks.</summary>
    public static LayeredNetwork Transformer(bool hasClassToken)
    {
        var network = new LayeredNetwork(null, 3, 8, 8);
        string patches = network.Node("Conv", ["x", network.Weight(8, 3, 2, 2)], "patches", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        string flat = network.Node("Reshape", [patches, network.Integers(0, 8, 16)], "flat");
        string tokens = network.Node("Transpose", [flat], "tokens", ("perm", new[] { 0, 2, 1 }));
        int count = 16;
        if (hasClassToken)
        {
            // As exports have it: one token, repeated for each row of the batch.
            network.Node("Shape", ["x"], "shape");
            network.Node("Gather", ["shape", network.Integers(0)], "batch");
            network.Node("Concat", ["batch", network.Integers(1, 8)], "class_shape", ("axis", 0));
            network.Node("Expand", [network.Weight(1, 1, 8), "class_shape"], "class_token");
            tokens = network.Node("Concat", ["class_token", tokens], "with_class", ("axis", 1));
            count++;
        }

        tokens = network.Node("Add", [tokens, network.Weight(1, count, 8)], "placed");
        for (int block = 1; block <= 4; block++)
        {
            tokens = network.Block(tokens, 8, $"block{block}");
        }

        network.Normalized(tokens, 8, "normalized");
        return network;
    }
}
