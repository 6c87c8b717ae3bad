using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Has ONNX Runtime infer the types and shapes of tensors.</summary>
internal static class RuntimeInference
{
    /// <summary>The inferred tensor types; values that are no tensors are absent, and so are shapes that cannot be inferred.</summary>
    public static Dictionary<string, TypeProto> Infer(ModelProto model, IEnumerable<string> names)
    {
        // ONNX Runtime tells the types of outputs only, and infers those of outputs that state nothing but a name.
        ModelProto probe = model.Clone();
        var wanted = names.ToHashSet();
        foreach (ValueInfoProto? output in probe.Graph.Output.Where(output => wanted.Contains(output.Name)).ToList())
        {
            probe.Graph.Output.Remove(output);
        }

        probe.Graph.Output.Add(wanted.Select(name => new ValueInfoProto { Name = name }));

        return NativeRuntime.Call(() => Infer(probe.ToByteArray(), wanted));
    }

    private static Dictionary<string, TypeProto> Infer(byte[] probe, HashSet<string> wanted)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
        };
        using var session = new InferenceSession(probe, options);
        return session.OutputMetadata
            .Where(output => wanted.Contains(output.Key) && output.Value.IsTensor)
            .ToDictionary(output => output.Key, output => TensorType(output.Value));
    }

    private static TypeProto TensorType(NodeMetadata metadata)
    {
        var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)metadata.ElementDataType } };

        // No dimensions stand for a scalar and for an unknown rank alike, and a wrong shape is worse than none.
        if (metadata.Dimensions.Length > 0)
        {
            type.TensorType.Shape = new TensorShapeProto();
            type.TensorType.Shape.Dim.Add(metadata.Dimensions.Zip(metadata.SymbolicDimensions, Dimension));
        }

        return type;
    }

    private static TensorShapeProto.Types.Dimension Dimension(int size, string symbol)
    {
        if (size >= 0)
        {
            return new TensorShapeProto.Types.Dimension { DimValue = size };
        }

        return string.IsNullOrEmpty(symbol) ? new TensorShapeProto.Types.Dimension() : new TensorShapeProto.Types.Dimension { DimParam = symbol };
    }
}
