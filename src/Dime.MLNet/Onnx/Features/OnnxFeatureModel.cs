using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;

namespace Dime.MLNet.Onnx.Features;

/// <summary>The part of a network that computes some of its tensors, and nothing else.</summary>
internal sealed class OnnxFeatureModel
{
    /// <param name="part">The part: its outputs are the tensors.</param>
    /// <param name="tensorNames">The tensors, in the order in which they are wanted.</param>
    /// <param name="parameterName">The parameter of the public method that named them, if one did.</param>
    /// <exception cref="ArgumentException">
    /// A type and shape cannot be known or is none of features, or inputs and outputs do not agree on a batch.
    /// </exception>
    public OnnxFeatureModel(ModelProto part, IReadOnlyList<string> tensorNames, string? parameterName)
        : this(part.ToByteArray(), part, tensorNames, parameterName)
    {
    }

    private OnnxFeatureModel(byte[] bytes, ModelProto part, IReadOnlyList<string> tensorNames, string? parameterName)
    {
        Bytes = bytes;
        Inputs = [.. TensorListing.Inputs(part).Select(input => FeatureTensor.Of(input, parameterName))];

        var outputs = TensorListing.Outputs(part).DistinctBy(output => output.Name).ToDictionary(output => output.Name);
        Features = [.. tensorNames.Select(name => Feature(outputs[name], parameterName))];
        FixedBatch = FindFixedBatch(parameterName);
    }

    /// <summary>The part as an ONNX file.</summary>
    public byte[] Bytes { get; }

    /// <summary>The inputs of the network that the tensors depend on, in the order in which it declares them.</summary>
    public IReadOnlyList<FeatureTensor> Inputs { get; }

    /// <summary>The tensors, in the order in which they were asked for.</summary>
    public IReadOnlyList<FeatureTensor> Features { get; }

    /// <summary>The number of rows that the network takes at a time, or null where it takes any number.</summary>
    public int? FixedBatch { get; }

    /// <summary>Reads what <see cref="Bytes"/> was.</summary>
    /// <exception cref="InvalidDataException">It is no such part.</exception>
    public static OnnxFeatureModel Load(byte[] bytes, IReadOnlyList<string> tensorNames)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        ModelProto part = ModelReader.Read(stream, "The stream");
        string[] outputs = [.. TensorListing.Outputs(part).Select(output => output.Name)];
        return outputs.Order(StringComparer.Ordinal).SequenceEqual(tensorNames.Order(StringComparer.Ordinal))
            ? new OnnxFeatureModel(bytes, part, tensorNames, parameterName: null)
            : throw new InvalidDataException($"The saved network has the outputs '{string.Join("', '", outputs)}' for the tensors '{string.Join("', '", tensorNames)}'.");
    }

    private static FeatureTensor Feature(OnnxTensorInfo output, string? parameterName)
    {
        var feature = FeatureTensor.Of(output, parameterName);
        if (feature.ElementType is not (OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double))
        {
            throw new ArgumentException(
                $"'{feature.Name}' is a tensor of {feature.ElementType}; features are of Float, Float16 or Double. Choose another tensor, or cast it in the network.",
                parameterName);
        }

        return feature.RowShape.Count <= 3
            ? feature
            : throw new ArgumentException(
                $"'{feature.Name}' is of shape [{string.Join(", ", output.Shape!)}]; features are N×P, N×C×H×W or N×C×T.", parameterName);
    }

    private int? FindFixedBatch(string? parameterName)
    {
        long[] taken = [.. Inputs.Select(input => input.Batch).OfType<long>().Distinct()];
        long[] given = [.. Features.Select(feature => feature.Batch).OfType<long>().Distinct()];

        // A network traced with one row may state that for a tensor though its input is dynamic.
        long? batch = taken.Length > 0 ? taken[0] : given.Contains(1) ? 1 : null;
        return taken.Length > 1 || given.Any(rows => rows != batch) || batch > int.MaxValue
            ? throw new ArgumentException(
                $"The network takes and gives different numbers of rows at a time: {string.Join(", ", Inputs.Concat(Features).Select(DescribeBatch))}. "
                + "The first dimension of each must be the batch.",
                parameterName)
            : (int?)batch;
    }

    private static string DescribeBatch(FeatureTensor tensor) => $"'{tensor.Name}' {tensor.Batch?.ToString(provider: null) ?? "any"}";
}
