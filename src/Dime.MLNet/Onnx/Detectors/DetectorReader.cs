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
        foreach (var (name, metadata) in DetectorMetadata.In(model))
        {
            Require(listed.Add(name), name, "two detectors have that name");
            Require(metadata.Rank >= 1 && metadata.Rank <= metadata.Dimension, name, $"its rank is {metadata.Rank} and its dimension {metadata.Dimension}");
            Require(metadata.OutlierProbability is > 0 and <= 1, name, $"its outlier probability is {metadata.OutlierProbability}");
            Require(metadata.PercentileCount is 0 or >= 2, name, $"it has {metadata.PercentileCount} percentiles");
            Require(metadata.Percentiles is null == (metadata.PercentileCount == 0), name, "it is calibrated and not calibrated");
            foreach (var output in metadata.Outputs.Names())
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
        var info = Choose(List(model).ToList(), name, parameterName);
        var metadata = info.Metadata;
        var basis = StoredTensor.ReadMatrix(Weight(model, info.Name, metadata.Basis));
        Require(basis is not null && basis.Length == (long)metadata.Dimension * metadata.Rank, info.Name, $"its basis '{metadata.Basis}' is not {metadata.Dimension}×{metadata.Rank} numbers");
        Require(basis.All(float.IsFinite), info.Name, "its basis has values that are not finite");

        var explained = Doubles(info.Name, metadata.ExplainedVariance, metadata.Rank, "explained variance");
        var scores = ReadScores(info.Name, metadata);
        var distances = metadata.Percentiles is null ? null : Distribution(info.Name, PercentileLookup.Read(Weight(model, info.Name, metadata.Percentiles), metadata.PercentileCount));
        var within = metadata.WithinPercentiles is null ? null : Distribution(info.Name, Singles(metadata.WithinPercentiles));
        Require(within is not null == (scores is not null && distances is not null), info.Name, "its calibration is incomplete");

        var includesWithin = metadata.Outputs.WithinDistance is not null;
        Require(!includesWithin || scores is not null, info.Name, "it measures distances within the hyperplane without their scale");
        return new Detector(
            new ModelledEmbedding(basis, metadata.Dimension, explained, scores, distances, within), metadata.OutlierProbability, includesWithin);
    }

    private static OnnxDetectorInfo Choose(List<OnnxDetectorInfo> detectors, string? name, string parameterName)
    {
        var known = detectors.Count == 0
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

    private static ScoreDistribution? ReadScores(string name, DetectorMetadata metadata)
    {
        if (metadata.ScoreMean is null || metadata.Whitening is null)
        {
            Require(metadata.ScoreMean is null && metadata.Whitening is null, name, "its score distribution is incomplete");
            return null;
        }

        var whitening = Singles(metadata.Whitening);
        Require(
            whitening is not null && whitening.Length % metadata.Rank == 0 && whitening.Length / metadata.Rank <= metadata.Rank && whitening.All(float.IsFinite),
            name,
            "its score distribution is not made of finite numbers, as many as its rank has pairs at most");
        return new ScoreDistribution(Doubles(name, metadata.ScoreMean, metadata.Rank, "mean score"), whitening);
    }

    private static EmpiricalDistribution Distribution(string name, float[]? percentiles)
    {
        Require(percentiles is { Length: >= 2 }, name, "its percentiles are missing or not as many as it says");
        Require(percentiles[0] >= 0, name, "its percentiles are negative or no numbers");
        Require(percentiles.Zip(percentiles.Skip(1)).All(pair => pair.First <= pair.Second), name, "its percentiles do not ascend");
        return new EmpiricalDistribution(percentiles);
    }

    private static double[] Doubles(string name, byte[] bytes, int count, string what)
    {
        Require(bytes.Length == (long)count * sizeof(double), name, $"its {what} is not {count} numbers");
        var values = MemoryMarshal.Cast<byte, double>(bytes).ToArray();
        Require(values.All(double.IsFinite), name, $"its {what} has values that are not finite");
        return values;
    }

    private static float[]? Singles(byte[] bytes) => bytes.Length % sizeof(float) == 0 ? MemoryMarshal.Cast<byte, float>(bytes).ToArray() : null;

    private static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string detector, string otherwise)
    {
        if (!condition)
        {
            throw Invalid(detector, otherwise);
        }
    }

    private static InvalidDataException Invalid(string detector, string reason) => new($"The detector '{detector}' of the graph is damaged: {reason}.");
}
