using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf.Collections;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Cuts a model down to what some of its outputs depend on.</summary>
internal static class Subgraph
{
    /// <summary>Removes, in place, the other outputs and every operator, weight and input that <paramref name="outputs"/> do not need.</summary>
    public static void KeepOnly(ModelProto model, params IReadOnlyCollection<string> outputs)
    {
        GraphProto graph = model.Graph;
        HashSet<string> needed = NeededBy(graph, outputs);

        Keep(graph.Output, value => outputs.Contains(value.Name));
        Keep(graph.Node, node => node.Output.Any(needed.Contains));
        Keep(graph.Input, value => needed.Contains(value.Name));
        Keep(graph.ValueInfo, value => needed.Contains(value.Name) && !outputs.Contains(value.Name));
        Keep(graph.QuantizationAnnotation, annotation => needed.Contains(annotation.TensorName));

        needed.UnionWith(graph.QuantizationAnnotation.SelectMany(annotation => annotation.QuantParameterTensorNames).Select(entry => entry.Value));
        Keep(graph.Initializer, tensor => needed.Contains(tensor.Name));
        Keep(graph.SparseInitializer, sparse => needed.Contains(sparse.Values?.Name ?? ""));

        // How to train the whole network means nothing for a part of it.
        model.TrainingInfo.Clear();
    }

    private static HashSet<string> NeededBy(GraphProto graph, IReadOnlyCollection<string> outputs)
    {
        Dictionary<string, NodeProto> producers = GraphWalk.Producers(graph);
        var needed = new HashSet<string>(outputs);
        var pending = new Stack<string>(needed);
        while (pending.TryPop(out string? name))
        {
            if (producers.TryGetValue(name, out NodeProto? node))
            {
                foreach (string? source in GraphWalk.Sources(node).Where(needed.Add))
                {
                    pending.Push(source);
                }
            }
        }

        return needed;
    }

    private static void Keep<T>(RepeatedField<T> items, Func<T, bool> isKept)
    {
        var kept = items.Where(isKept).ToList();
        items.Clear();
        items.Add(kept);
    }
}
