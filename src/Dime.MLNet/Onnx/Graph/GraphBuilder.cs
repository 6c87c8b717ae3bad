using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Appends operators and weights to a graph, all of their names behind one prefix and new to the model.</summary>
internal sealed class GraphBuilder
{
    private readonly GraphProto _graph;
    private readonly UniqueNames _names;
    private readonly string _prefix;

    public GraphBuilder(ModelProto model, UniqueNames names, string prefix)
    {
        _graph = model.Graph;
        _names = names;
        _prefix = prefix;
    }

    /// <summary>Appends an operator of one output.</summary>
    /// <returns>The name of that output.</returns>
    public string Node(string operatorType, string outputName, string[] inputs, params AttributeProto[] attributes)
    {
        string output = NameOf(outputName);
        _graph.Node.Add(new NodeProto
        {
            Name = _names.Take($"{output}/{operatorType}"),
            OpType = operatorType,
            Input = { inputs },
            Output = { output },
            Attribute = { attributes },
        });
        return output;
    }

    /// <summary>Appends an operator whose output is one of the network's own, and has just the name that is given.</summary>
    public void Output(string operatorType, ValueInfoProto output, string[] inputs, params AttributeProto[] attributes)
    {
        _graph.Node.Add(new NodeProto
        {
            Name = _names.Take($"{_prefix}/{operatorType}"),
            OpType = operatorType,
            Input = { inputs },
            Output = { output.Name },
            Attribute = { attributes },
        });
        _graph.Output.Add(output);
    }

    /// <summary>The largest value of each row of a matrix, N×1. ReduceMax would do, but takes its axes otherwise from opset 18 on.</summary>
    public string RowMaximum(string matrix, string outputName)
    {
        string values = NameOf(outputName);
        _graph.Node.Add(new NodeProto
        {
            Name = _names.Take($"{values}/TopK"),
            OpType = "TopK",
            Input = { matrix, Integers("one", 1) },
            Output = { values, NameOf($"{outputName}_position") },
            Attribute = { Attribute("axis", 1) },
        });
        return values;
    }

    public string RowSum(string matrix, string outputName, bool keepDimension) =>
        Node("ReduceSum", outputName, [matrix, Integers("columns", 1)], Attribute("keepdims", keepDimension ? 1 : 0));

    public string Scalar(string name, float value) => Weight(StoredTensor.Of(NameOf(name), [value]));

    public string Integers(string name, params long[] values) => Weight(StoredTensor.Of(NameOf(name), values, values.Length));

    public string Matrix(string name, ReadOnlySpan<float> values, int rows, int columns) => Weight(StoredTensor.Of(NameOf(name), values, rows, columns));

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    private string NameOf(string name) => _names.Take($"{_prefix}/{name}");

    private string Weight(TensorProto tensor)
    {
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
