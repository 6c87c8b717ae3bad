using System.Collections.ObjectModel;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Lists the tensors that flow through a graph, as opposed to its weights and constants.</summary>
internal static class TensorListing
{
    private const string ConstantOperator = "Constant";

    /// <summary>The inputs first, then what the operators produce; each name once, with the type of its operator.</summary>
    public static IReadOnlyList<(string Name, string? OperatorType)> Names(GraphProto graph)
    {
        // Up to IR version 3 every weight is declared as an input too.
        HashSet<string> listed = Weights(graph);
        var names = new List<(string, string?)>();
        foreach (ValueInfoProto? input in graph.Input)
        {
            AddOnce(input.Name, null);
        }

        foreach (NodeProto? node in graph.Node.Where(node => node.OpType != ConstantOperator))
        {
            foreach (string? output in node.Output)
            {
                AddOnce(output, node.OpType);
            }
        }

        return names;

        void AddOnce(string name, string? operatorType)
        {
            // An optional output that is not wanted has the empty name.
            if (name.Length > 0 && listed.Add(name))
            {
                names.Add((name, operatorType));
            }
        }
    }

    /// <summary>The names of the tensors that are the same in every run.</summary>
    public static HashSet<string> Constants(GraphProto graph)
    {
        HashSet<string> names = Weights(graph);
        names.UnionWith(graph.Node.Where(node => node.OpType == ConstantOperator).SelectMany(node => node.Output));
        return names;
    }

    /// <summary>The inputs of the network, in the order in which it declares them; weights are left out.</summary>
    public static ReadOnlyCollection<OnnxTensorInfo> Inputs(ModelProto model) => Describe(model, model.Graph.Input.Select(input => input.Name));

    /// <summary>The outputs of the network, in the order in which it declares them.</summary>
    public static ReadOnlyCollection<OnnxTensorInfo> Outputs(ModelProto model) => Describe(model, model.Graph.Output.Select(output => output.Name));

    /// <summary>Everything there is to know of the listed tensors out of <paramref name="names"/>, in their order.</summary>
    public static ReadOnlyCollection<OnnxTensorInfo> Describe(ModelProto model, IEnumerable<string> names)
    {
        var listed = Names(model.Graph).ToDictionary(tensor => tensor.Name, tensor => tensor.OperatorType);
        var wanted = names.Where(listed.ContainsKey).ToList();
        Dictionary<string, TypeProto> types = TensorTypes.Resolve(model, wanted);
        var inputs = model.Graph.Input.Select(input => input.Name).ToHashSet();
        var outputs = model.Graph.Output.Select(output => output.Name).ToHashSet();

        return wanted.Select(Describe).ToList().AsReadOnly();

        OnnxTensorInfo Describe(string name)
        {
            TypeProto.Types.Tensor? type = types.GetValueOrDefault(name)?.TensorType;
            return new OnnxTensorInfo(
                name,
                listed[name],
                type is { HasElemType: true, ElemType: not 0 } ? (OnnxElementType)type.ElemType : null,
                type?.Shape?.Dim.Select(Dimension).ToList().AsReadOnly(),
                inputs.Contains(name),
                outputs.Contains(name));
        }
    }

    private static OnnxDimension Dimension(TensorShapeProto.Types.Dimension dimension) => dimension switch
    {
        { HasDimValue: true, DimValue: >= 0 } => new OnnxDimension(dimension.DimValue, null),
        { HasDimParam: true, DimParam.Length: > 0 } => new OnnxDimension(null, dimension.DimParam),
        _ => default,
    };

    private static HashSet<string> Weights(GraphProto graph) =>
        [.. graph.Initializer.Select(tensor => tensor.Name), .. graph.SparseInitializer.Select(sparse => sparse.Values?.Name ?? "")];
}
