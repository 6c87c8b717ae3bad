using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Gives out names that nothing in a model has yet, and that are given out once.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = [];

    /// <summary>Starts from the names of the model's tensors and operators, nested graphs included: a name in a branch hides one outside of it.</summary>
    public UniqueNames(ModelProto model)
    {
        foreach (GraphProto graph in GraphWalk.SelfAndNested(model.Graph))
        {
            _taken.UnionWith(TensorNames(graph));
            _taken.UnionWith(graph.Node.Select(node => node.Name));
        }
    }

    /// <summary>The wanted name, or that name with a number behind it.</summary>
    public string Take(string wanted)
    {
        string name = wanted;
        for (int number = 1; !_taken.Add(name); number++)
        {
            name = $"{wanted}_{number}";
        }

        return name;
    }

    // Without those of nested graphs; a name can come up several times.
    private static IEnumerable<string> TensorNames(GraphProto graph) => graph.Node
        .SelectMany(node => node.Input.Concat(node.Output))
        .Concat(graph.Input.Concat(graph.Output).Concat(graph.ValueInfo).Select(value => value.Name))
        .Concat(graph.Initializer.Concat(graph.SparseInitializer.Select(sparse => sparse.Values).OfType<TensorProto>()).Select(tensor => tensor.Name));
}
