using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf.Collections;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Adds intermediate tensors to the outputs of a model.</summary>
internal static class OutputExposure
{
    public static ModelProto Expose(ModelProto model, IReadOnlyCollection<string> names, string? parameterName)
    {
        CheckNames(model.Graph, names, parameterName);

        ModelProto exposed = model.Clone();
        RepeatedField<ValueInfoProto> outputs = exposed.Graph.Output;
        foreach (string? name in names.Distinct().Except(outputs.Select(output => output.Name)).ToList())
        {
            outputs.Add(TakeValueInfo(exposed.Graph, name));
        }

        StateTypes(model, outputs, names, parameterName);
        return exposed;
    }

    // A tensor is described in one place only, so its description moves, with all that it says.
    private static ValueInfoProto TakeValueInfo(GraphProto graph, string name)
    {
        ValueInfoProto? described = graph.ValueInfo.FirstOrDefault(value => value.Name == name);
        if (described is null)
        {
            return new ValueInfoProto { Name = name };
        }

        graph.ValueInfo.Remove(described);
        return described;
    }

    // ML.NET's OnnxTransformer fails on any output without element type and shape, also one that nobody asked for.
    private static void StateTypes(ModelProto model, IEnumerable<ValueInfoProto> outputs, IReadOnlyCollection<string> names, string? parameterName)
    {
        var untyped = outputs.Where(output => !TensorTypes.IsComplete(output.Type)).ToList();
        Dictionary<string, TypeProto> types = TensorTypes.Resolve(model, untyped.Select(output => output.Name));
        foreach (ValueInfoProto? output in untyped)
        {
            output.Type = types.GetValueOrDefault(output.Name)?.Clone() ?? output.Type;
        }

        if (outputs.FirstOrDefault(output => names.Contains(output.Name) && !TensorTypes.IsCompleteTensor(output.Type)) is { } unknown)
        {
            throw new ArgumentException(
                $"'{unknown.Name}' cannot be exposed: it is a scalar, no tensor, or neither the graph nor ONNX Runtime knows its shape. " +
                "State its type and shape in the graph's value_info, or choose another tensor.", parameterName);
        }
    }

    private static void CheckNames(GraphProto graph, IReadOnlyCollection<string> names, string? parameterName)
    {
        var tensors = TensorListing.Names(graph).ToDictionary(tensor => tensor.Name, tensor => tensor.OperatorType);
        foreach (string name in names)
        {
            if (string.IsNullOrEmpty(name))
            {
                throw new ArgumentException("The name of a tensor is null or empty.", parameterName);
            }

            if (!tensors.TryGetValue(name, out string? operatorType))
            {
                throw new ArgumentException(
                    TensorListing.Constants(graph).Contains(name)
                        ? $"'{name}' is a weight or a constant of the network, the same in every run."
                        : $"The network has no tensor '{name}'. {NearMatches.Suggest(name, tensors.Keys)}",
                    parameterName);
            }

            if (operatorType is null)
            {
                throw new ArgumentException($"'{name}' is an input of the network; choose a tensor that an operator produces.", parameterName);
            }
        }
    }
}
