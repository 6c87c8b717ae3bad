using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Who makes what out of what in a network, and what of it depends on the rows at all.</summary>
internal sealed class NetworkTopology
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, NodeProto> _producers;
    private readonly Dictionary<string, OnnxTensorInfo> _tensors;
    private readonly HashSet<string> _data;

    /// <param name="model">The network.</param>
    /// <param name="tensors">Its tensors, described.</param>
    public NetworkTopology(ModelProto model, IReadOnlyList<OnnxTensorInfo> tensors)
    {
        _graph = model.Graph;
        _producers = GraphWalk.Producers(_graph);
        _tensors = tensors.ToDictionary(tensor => tensor.Name);
        Nodes = [.. GraphOrder.Of(_graph).Select(i => _graph.Node[i])];
        InputBatch = tensors.Where(tensor => tensor.IsInput).Select(input => input.Shape is [{ Size: { } rows }, ..] ? rows : (long?)null).FirstOrDefault();
        _data = [.. tensors.Where(tensor => tensor.IsInput).Select(input => input.Name)];
        foreach (NodeProto node in Nodes)
        {
            // A shape carries nothing of the values: what is made of it alone is the same for all rows. So is the scale of a batch that is made integers of.
            if (node.OpType is not ("Shape" or "Size") && GraphWalk.Sources(node).Any(_data.Contains))
            {
                _data.UnionWith(node.OpType == "DynamicQuantizeLinear" ? node.Output.Take(1) : node.Output);
            }
        }
    }

    /// <summary>The operators, each after those that it depends on.</summary>
    public IReadOnlyList<NodeProto> Nodes { get; }

    /// <summary>The outputs that the network declares.</summary>
    public IEnumerable<string> Outputs => _graph.Output.Select(output => output.Name);

    /// <summary>The rows that the network's first input always has; null where it has any number.</summary>
    public long? InputBatch { get; }

    /// <summary>What is known of a tensor; null for weights and constants.</summary>
    public OnnxTensorInfo? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>The operator that gives a tensor; null for inputs and weights.</summary>
    public NodeProto? ProducerOf(string name) => _producers.GetValueOrDefault(name);

    /// <summary>Whether a tensor depends on the rows, rather than on weights, constants and shapes alone.</summary>
    public bool IsData(string name) => _data.Contains(name);

    /// <summary>The operands of an operator that depend on the rows, as often as it takes them.</summary>
    public IReadOnlyList<string> DataOperands(NodeProto node) => [.. node.Input.Where(IsData)];

    /// <summary>Whether one operand depends on the rows, and stands first, while the others, at least one, are weights.</summary>
    public bool IsWeighted(NodeProto node) => node.Input.Count > 1 && IsData(node.Input[0]) && DataOperands(node).Count == 1;

    /// <summary>The operators that a tensor depends on, in an order to run them in.</summary>
    public IReadOnlyList<NodeProto> AncestorsOf(string name)
    {
        var needed = new HashSet<string> { name };
        var ancestors = new List<NodeProto>();
        foreach (NodeProto node in Nodes.Reverse().Where(node => node.Output.Any(needed.Contains)))
        {
            needed.UnionWith(GraphWalk.Sources(node));
            ancestors.Add(node);
        }

        ancestors.Reverse();
        return ancestors;
    }
}
