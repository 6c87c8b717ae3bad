using Microsoft.ML;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms.Onnx;

namespace Dime.MLNet.Onnx;

/// <summary>Builds the stage of a pipeline that computes one tensor of a network, with ML.NET's own OnnxTransformer.</summary>
internal static class OnnxFeatureStage
{
    /// <summary>A stage that reads the pixels (or whatever the network takes) from one column and writes the tensor to another.</summary>
    /// <exception cref="ArgumentException">The tensor is unknown, is not of Single, or depends on several inputs.</exception>
    public static IEstimator<ITransformer> Create(
        TransformsCatalog catalog, string outputColumnName, string inputColumnName, string modelFile, string tensorName, int? gpuDeviceId, bool fallbackToCpu)
    {
        var part = OnnxFeatureModel.Extract(OnnxGraph.Load(modelFile), tensorName);
        Check(part, tensorName);

        // OnnxTransformer takes the names of columns from the graph, where an input and an output cannot share one.
        if (outputColumnName != inputColumnName)
        {
            return Apply(catalog, outputColumnName, inputColumnName, part, gpuDeviceId, fallbackToCpu);
        }

        var temporary = $"{outputColumnName}.{tensorName}";
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
    }
}
