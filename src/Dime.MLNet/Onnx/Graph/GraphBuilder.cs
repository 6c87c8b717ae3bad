using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>
/// Appends operators and weights to a graph, all of their names behind one prefix and new to the model. An operator that takes
/// its arguments otherwise in some version of the standard operators has a method here, which writes it as the model's version has it.
/// </summary>
internal sealed class GraphBuilder
{
    /// <summary>The first version with <c>Where</c>, and with products and comparisons of every type.</summary>
    public const int LeastOpset = 9;

    // From these on, what was an attribute is an input.
    private const int TopKOfInput = 10;
    private const int AxesOfInput = 13;

    private readonly long _opset;
    private readonly GraphProto _graph;
    private readonly UniqueNames _names;
    private readonly string _prefix;

    public GraphBuilder(ModelProto model, UniqueNames names, string prefix)
    {
        _opset = StandardOpset.Of(model);
        _graph = model.Graph;
        _names = names;
        _prefix = prefix;
    }

    private GraphBuilder(GraphBuilder outer, string name)
    {
        (_opset, _graph, _names) = (outer._opset, outer._graph, outer._names);
        _prefix = $"{outer._prefix}/{name}";
    }

    /// <summary>Appends to the same graph, with all names behind one more part.</summary>
    public GraphBuilder Within(string name) => new(this, name);

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

    /// <summary>Appends an output of the network that has the values of a column, N×1, as N.</summary>
    public void OutputColumn(ValueInfoProto output, string column)
    {
        (string[] inputs, AttributeProto[] attributes) = OverAxis(column, 1);
        Output("Squeeze", output, inputs, attributes);
    }

    /// <summary>Adds an input of the network that has a value where the caller gives none.</summary>
    public void OptionalInput(ValueInfoProto input, float[] value)
    {
        _graph.Input.Add(input);
        _graph.Initializer.Add(StoredTensor.Of(input.Name, value, value.Length));
    }

    /// <summary>The largest value of each row of a matrix, N×1. ReduceMax would do, but takes its axes otherwise from opset 18 on.</summary>
    public string RowMaximum(string matrix, string outputName)
    {
        string values = NameOf(outputName);
        var node = new NodeProto
        {
            Name = _names.Take($"{values}/TopK"),
            OpType = "TopK",
            Input = { matrix },
            Output = { values, NameOf($"{outputName}_position") },
            Attribute = { Attribute("axis", 1) },
        };
        if (_opset >= TopKOfInput)
        {
            node.Input.Add(Integers("one", 1));
        }
        else
        {
            node.Attribute.Add(Attribute("k", 1));
        }

        _graph.Node.Add(node);
        return values;
    }

    /// <summary>The sums along an axis, which becomes 1, or disappears.</summary>
    public string Sum(string tensor, string outputName, bool keepDimension, int axis = 1)
    {
        (string[] inputs, AttributeProto[] attributes) = OverAxis(tensor, axis);
        return Node("ReduceSum", outputName, inputs, [.. attributes, Attribute("keepdims", keepDimension ? 1 : 0)]);
    }

    public string Scalar(string name, float value) => Weight(StoredTensor.Of(NameOf(name), [value]));

    public string Singles(string name, params float[] values) => Weight(StoredTensor.Of(NameOf(name), values, values.Length));

    public string Integers(string name, params long[] values) => Weight(StoredTensor.Of(NameOf(name), values, values.Length));

    public string Doubles(string name, ReadOnlySpan<double> values, params long[] dimensions) => Weight(StoredTensor.Of(NameOf(name), values, dimensions));

    public string Matrix(string name, ReadOnlySpan<float> values, int rows, int columns) => Weight(StoredTensor.Of(NameOf(name), values, rows, columns));

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string name, long[] values) =>
        new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    private (string[] Inputs, AttributeProto[] Attributes) OverAxis(string tensor, int axis) => _opset >= AxesOfInput
        ? ([tensor, Integers("axis", axis)], [])
        : ([tensor], [Attribute("axes", [axis])]);

    private string NameOf(string name) => _names.Take($"{_prefix}/{name}");

    private string Weight(TensorProto tensor)
    {
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
