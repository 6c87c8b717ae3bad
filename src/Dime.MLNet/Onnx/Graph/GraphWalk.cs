using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Walks that reach the graphs nested in the attributes of control-flow operators such as If and Loop.</summary>
internal static class GraphWalk
{
    public static IEnumerable<GraphProto> SelfAndNested(GraphProto graph) => graph.Node.SelectMany(Nested).Prepend(graph);

    public static IEnumerable<GraphProto> Nested(NodeProto node) => node.Attribute
        .SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G))
        .SelectMany(SelfAndNested);

    /// <summary>The operator that gives each tensor of a graph that is no input or weight.</summary>
    public static Dictionary<string, NodeProto> Producers(GraphProto graph)
    {
        var producers = new Dictionary<string, NodeProto>();
        foreach (NodeProto? node in graph.Node)
        {
            foreach (string? name in node.Output.Where(name => name.Length > 0))
            {
                producers[name] = node;
            }
        }

        return producers;
    }

    /// <summary>All that an operator reads. A nested graph reads tensors of the graphs around it by name; its own names are among these, and do no harm.</summary>
    public static IEnumerable<string> Sources(NodeProto node) => node.Input
        .Concat(Nested(node).SelectMany(graph => graph.Node.SelectMany(inner => inner.Input).Concat(graph.Output.Select(value => value.Name))))
        .Where(name => name.Length > 0);

    /// <summary>Every tensor that is stored in the model: weights, and constants in attributes.</summary>
    public static IEnumerable<TensorProto> Tensors(ModelProto model)
    {
        var graphs = model.TrainingInfo
            .SelectMany(training => new[] { training.Initialization, training.Algorithm })
            .Append(model.Graph)
            .OfType<GraphProto>()
            .SelectMany(SelfAndNested)
            .Concat(model.Functions.SelectMany(function => function.Node).SelectMany(Nested))
            .ToList();

        IEnumerable<NodeProto> nodes = graphs.SelectMany(graph => graph.Node).Concat(model.Functions.SelectMany(function => function.Node));
        return graphs.SelectMany(Weights).Concat(nodes.SelectMany(node => node.Attribute).SelectMany(Constants));
    }

    private static IEnumerable<TensorProto> Weights(GraphProto graph) =>
        graph.Initializer.Concat(graph.SparseInitializer.SelectMany(Parts));

    private static IEnumerable<TensorProto> Constants(AttributeProto attribute) => attribute.Tensors
        .Append(attribute.T)
        .Concat(attribute.SparseTensors.Append(attribute.SparseTensor).OfType<SparseTensorProto>().SelectMany(Parts))
        .OfType<TensorProto>();

    private static IEnumerable<TensorProto> Parts(SparseTensorProto sparse) =>
        new[] { sparse.Values, sparse.Indices }.OfType<TensorProto>();
}
