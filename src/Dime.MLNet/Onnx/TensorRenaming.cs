using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf.Collections;

namespace Dime.MLNet.Onnx;

/// <summary>Gives tensors of a model other names.</summary>
internal static class TensorRenaming
{
    /// <summary>Renames, in place, all tensors at once; another tensor that already has a new name gives way to it.</summary>
    public static void Rename(GraphProto graph, IReadOnlyDictionary<string, string> newNames)
    {
        var graphs = GraphWalk.SelfAndNested(graph).ToList();
        var renames = WithTakenNamesMoved(newNames, graphs.SelectMany(Names).ToHashSet());
        foreach (var each in graphs)
        {
            Apply(each, renames);
        }
    }

    private static Dictionary<string, string> WithTakenNamesMoved(IReadOnlyDictionary<string, string> newNames, HashSet<string> used)
    {
        var renames = new Dictionary<string, string>(newNames);
        foreach (var taken in newNames.Values.Where(name => used.Contains(name) && !newNames.ContainsKey(name)))
        {
            var free = Enumerable.Range(1, int.MaxValue).Select(number => $"{taken}_{number}").First(name => !used.Contains(name) && !newNames.Values.Contains(name));
            used.Add(free);
            renames[taken] = free;
        }

        return renames;
    }

    private static IEnumerable<string> Names(GraphProto graph) => graph.Node
        .SelectMany(node => node.Input.Concat(node.Output))
        .Concat(Values(graph).Select(value => value.Name))
        .Concat(Weights(graph).Select(tensor => tensor.Name));

    private static IEnumerable<ValueInfoProto> Values(GraphProto graph) => graph.Input.Concat(graph.Output).Concat(graph.ValueInfo);

    private static IEnumerable<TensorProto> Weights(GraphProto graph) =>
        graph.Initializer.Concat(graph.SparseInitializer.Select(sparse => sparse.Values).OfType<TensorProto>());

    private static void Apply(GraphProto graph, Dictionary<string, string> renames)
    {
        foreach (var node in graph.Node)
        {
            Apply(node.Input, renames);
            Apply(node.Output, renames);
        }

        foreach (var value in Values(graph).Where(value => renames.ContainsKey(value.Name)))
        {
            value.Name = renames[value.Name];
        }

        foreach (var tensor in Weights(graph).Where(tensor => renames.ContainsKey(tensor.Name)))
        {
            tensor.Name = renames[tensor.Name];
        }

        foreach (var annotation in graph.QuantizationAnnotation)
        {
            annotation.TensorName = renames.GetValueOrDefault(annotation.TensorName, annotation.TensorName);
            foreach (var parameter in annotation.QuantParameterTensorNames)
            {
                parameter.Value = renames.GetValueOrDefault(parameter.Value, parameter.Value);
            }
        }
    }

    private static void Apply(RepeatedField<string> names, Dictionary<string, string> renames)
    {
        for (var i = 0; i < names.Count; i++)
        {
            names[i] = renames.GetValueOrDefault(names[i], names[i]);
        }
    }
}
