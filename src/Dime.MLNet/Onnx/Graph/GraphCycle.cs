using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Finds operators that wait for their own outputs, so that no order to run them in exists.</summary>
internal static class GraphCycle
{
    /// <summary>A tensor that waits for itself, or for one that does; null where there is an order to run all operators in.</summary>
    public static string? Find(GraphProto graph)
    {
        var ordered = GraphOrder.Of(graph).ToHashSet();
        return ordered.Count == graph.Node.Count
            ? null
            : graph.Node[Enumerable.Range(0, graph.Node.Count).First(i => !ordered.Contains(i))].Output.FirstOrDefault() ?? "";
    }
}
