using System.Runtime.InteropServices;
using Dime.MLNet.Modelling;
using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>Finds the detectors of a model and restores them, and trusts nothing in the file.</summary>
internal static class DetectorReader
{
    /// <summary>The detectors of a model, in the order in which they came into it.</summary>
    /// <exception cref="InvalidDataException">A description of a detector is damaged, or does not fit the graph.</exception>
    public static IEnumerable<OnnxDetectorInfo> List(ModelProto model)
    {
        var outputs = model.Graph.Output.Select(output => output.Name).ToHashSet();
        var listed = new HashSet<string>();
        foreach ((string? name, DetectorMetadata? metadata) in DetectorMetadata.In(model))
        {
            Require(listed.Add(name), name, "two detectors have that name");
            RestoredModel.CheckSizes(metadata.Dimension, metadata.Rank, reason => Invalid(name, reason));
            RestoredModel.CheckOutlierProbability(metadata.OutlierProbability, reason => Invalid(name, reason));
            Require(metadata.PercentileCount is 0 or >= 2, name, $"it has {metadata.PercentileCount} percentiles");
            Require(metadata.Percentiles is null == (metadata.PercentileCount == 0), name, "it is calibrated and not calibrated");
            Require(metadata.Outputs.AreOf(calibrated: metadata.Percentiles is not null), name, "its outputs are not those of its calibration");
            foreach (string output in metadata.Outputs.Names())
            {
                Require(outputs.Contains(output), name, $"the graph has no output '{output}'");
            }

            yield return new OnnxDetectorInfo(name, metadata);
        }
    }

    /// <summary>Restores one detector exactly as it was.</summary>
    /// <exception cref="ArgumentException">There is no such detector, or no name is given and there are several.</exception>
    /// <exception cref="InvalidDataException">What describes the detector is damaged, or does not fit the graph.</exception>
    public static Detector Read(ModelProto model, string? name, string parameterName)
    {
        OnnxDetectorInfo info = Choose(List(model).ToList(), name, parameterName);
        DetectorMetadata metadata = info.Metadata;
        float[]? basis = StoredTensor.ReadMatrix(Weight(model, info.Name, metadata.Basis));
        Require(basis is not null, info.Name, $"its basis '{metadata.Basis}' is not {metadata.Dimension}×{metadata.Rank} numbers");
        float[]? percentiles = metadata.Percentiles is null ? null : PercentileLookup.Read(Weight(model, info.Name, metadata.Percentiles), metadata.PercentileCount);
        Require(percentiles is not null == (metadata.Percentiles is not null), info.Name, "its percentiles are missing or not as many as it says");

        var restored = new RestoredModel(
            metadata.Dimension,
            metadata.Rank,
            basis,
            Numbers<double>(info.Name, metadata.ExplainedVariance, "explained variance"),
            metadata.ScoreMean is { } mean ? Numbers<double>(info.Name, mean, "mean score") : null,
            metadata.Whitening is { } whitening ? Numbers<float>(info.Name, whitening, "score distribution") : null,
            percentiles,
            metadata.WithinPercentiles is { } within ? Numbers<float>(info.Name, within, "percentiles") : null);
        ModelledEmbedding embedding = restored.ToModel(reason => Invalid(info.Name, reason));
        bool includesWithin = metadata.Outputs.WithinDistance is not null;
        Require(!includesWithin || embedding.HasDistanceWithinHyperplane, info.Name, "it measures distances within the hyperplane without their scale");
        return new Detector(embedding, metadata.OutlierProbability, includesWithin);
    }

    private static OnnxDetectorInfo Choose(List<OnnxDetectorInfo> detectors, string? name, string parameterName)
    {
        string known = detectors.Count == 0
            ? "It has no detectors: make one with ToOnnx, or add one with OnnxGraph.Fuse."
            : $"Its detectors are {string.Join(", ", detectors.Select(detector => $"'{detector.Name}'"))}.";
        if (name is null)
        {
            return detectors.Count == 1 ? detectors[0] : throw new ArgumentException($"The graph does not have just one detector. {known}", parameterName);
        }

        return detectors.Find(detector => detector.Name == name) ?? throw new ArgumentException($"The graph has no detector '{name}'. {known}", parameterName);
    }

    private static TensorProto Weight(ModelProto model, string detector, string name) =>
        model.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == name) ?? throw Invalid(detector, $"the graph has no weights '{name}'");

    private static T[] Numbers<T>(string name, byte[] bytes, string what)
        where T : unmanaged
    {
        T[] values = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        Require(bytes.Length == Buffer.ByteLength(values), name, $"its {what} ends within a number");
        return values;
    }

    private static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string detector, string otherwise)
    {
        if (!condition)
        {
            throw Invalid(detector, otherwise);
        }
    }

    private static InvalidDataException Invalid(string detector, string reason) => new($"The detector '{detector}' of the graph is damaged: {reason}.");
}
