using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>The names that the tensors of a graph go by.</summary>
internal static class TensorNames
{
    /// <summary>The names of all tensors of one graph, without those of the graphs nested in it; a name can come up several times.</summary>
    public static IEnumerable<string> Of(GraphProto graph) => graph.Node
        .SelectMany(node => node.Input.Concat(node.Output))
        .Concat(graph.Input.Concat(graph.Output).Concat(graph.ValueInfo).Select(value => value.Name))
        .Concat(graph.Initializer.Concat(graph.SparseInitializer.Select(sparse => sparse.Values).OfType<TensorProto>()).Select(tensor => tensor.Name));
}
