using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Finds the types of tensors: in the graph where it states them, else through ONNX Runtime.</summary>
internal static class TensorTypes
{
    /// <summary>A type for each of the names, as complete as it can be known; names of which nothing is known are absent.</summary>
    public static Dictionary<string, TypeProto> Resolve(ModelProto model, IEnumerable<string> names)
    {
        var stated = new Dictionary<string, TypeProto>();
        foreach (ValueInfoProto? value in model.Graph.Input.Concat(model.Graph.Output).Concat(model.Graph.ValueInfo).Where(value => value.Type is not null))
        {
            if (!stated.TryGetValue(value.Name, out TypeProto? earlier) || !IsComplete(earlier))
            {
                stated[value.Name] = value.Type;
            }
        }

        var unknown = names.Where(name => !stated.TryGetValue(name, out TypeProto? type) || !IsComplete(type)).ToHashSet();
        if (unknown.Count > 0)
        {
            foreach ((string? name, TypeProto? type) in RuntimeInference.Infer(model, unknown))
            {
                stated[name] = type;
            }
        }

        return stated;
    }

    /// <summary>Whether nothing is left to find out: a tensor's element type and shape are there, or it is a value of another kind.</summary>
    public static bool IsComplete(TypeProto? type) => type?.ValueCase switch
    {
        null or TypeProto.ValueOneofCase.None => false,
        TypeProto.ValueOneofCase.TensorType => IsCompleteTensor(type),
        _ => true,
    };

    public static bool IsCompleteTensor(TypeProto? type) => type?.TensorType is { HasElemType: true, Shape: not null };
}
