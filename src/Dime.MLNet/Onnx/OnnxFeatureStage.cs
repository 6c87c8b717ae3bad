using Microsoft.ML;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms.Onnx;

namespace Dime.MLNet.Onnx;

/// <summary>Builds the stage of a pipeline that computes one tensor of a network, with ML.NET's own OnnxTransformer.</summary>
internal static class OnnxFeatureStage
{
    /// <summary>A stage that reads the pixels (or whatever the network takes) from one column and writes the tensor to another.</summary>
    /// <exception cref="ArgumentException">The tensor is not of Single, depends on several inputs, or is neither an embedding nor a feature map.</exception>
    public static IEstimator<ITransformer> Create(
        TransformsCatalog catalog, string outputColumnName, string inputColumnName, OnnxFeatureModel part, int? gpuDeviceId, bool fallbackToCpu)
    {
        Check(part, part.Feature.Name);

        // OnnxTransformer takes the names of columns from the graph, where an input and an output cannot share one.
        if (outputColumnName != inputColumnName)
        {
            return Apply(catalog, outputColumnName, inputColumnName, part, gpuDeviceId, fallbackToCpu);
        }

        var temporary = $"{outputColumnName}.{part.Feature.Name}";
        return Apply(catalog, temporary, inputColumnName, part, gpuDeviceId, fallbackToCpu)
            .Append(catalog.CopyColumns(outputColumnName, temporary))
            .Append(catalog.DropColumns(temporary));
    }

    private static OnnxScoringEstimator Apply(
        TransformsCatalog catalog, string outputColumnName, string inputColumnName, OnnxFeatureModel part, int? gpuDeviceId, bool fallbackToCpu)
    {
        // From a stream, ML.NET keeps a copy of its own, which it needs when the transformer is saved.
        using var model = new MemoryStream(part.ToBytes(inputColumnName, outputColumnName), writable: false);
        return NativeRuntime.Call(() => catalog.ApplyOnnxModel([outputColumnName], [inputColumnName], model, gpuDeviceId, fallbackToCpu));
    }

    private static void Check(OnnxFeatureModel part, string tensorName)
    {
        if (part.Inputs.Count != 1)
        {
            throw new ArgumentException(
                $"'{tensorName}' depends on {part.Inputs.Count} inputs of the network ({string.Join(", ", part.Inputs.Select(input => input.Name))}); one is supported.",
                nameof(tensorName));
        }

        if (part.Feature.ElementType != TensorElementType.Float)
        {
            throw new ArgumentException(
                $"'{tensorName}' is a tensor of {part.Feature.ElementType}; features are of Float. Choose another tensor, or cast it in the network.",
                nameof(tensorName));
        }

        IReadOnlyList<OnnxDimension> shape = part.Feature.Shape ?? [];
        if (shape.Count is 0 or > 4 || shape.Skip(1).Any(length => !length.IsFixed))
        {
            throw new ArgumentException(
                $"'{tensorName}' is of shape [{string.Join(", ", shape)}]; features are N×P, N×C×H×W or N×C×T, with all sizes but the batch's fixed in the graph.",
                nameof(tensorName));
        }

        if (shape.Count > 1 && shape[0].Size > 1)
        {
            throw new ArgumentException(
                $"'{tensorName}' is of shape [{string.Join(", ", shape)}]: the network takes {shape[0]} rows at a time, ML.NET gives it one. "
                + "Export it with a dynamic batch, or a batch of 1.",
                nameof(tensorName));
        }
    }
}
