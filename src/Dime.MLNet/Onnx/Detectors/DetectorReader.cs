using Dime.MLNet.Modelling;
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
            var weights = new DetectorWeights(model, name);
            weights.Require(listed.Add(name), "two detectors have that name");
            CheckModel(metadata, weights);
            RestoredModel.CheckOutlierProbability(metadata.OutlierProbability, weights.Invalid);
            weights.Require(metadata.PercentileCount is 0 or >= 2, $"it has {metadata.PercentileCount} percentiles");
            weights.Require(metadata.IsCalibrated == metadata.PercentileCount > 0, "it is calibrated and not calibrated");
            weights.Require(metadata.Outputs.AreOf(metadata.IsCalibrated, metadata.Ensemble is not null), "its outputs are not those of its calibration");
            foreach (string output in metadata.Outputs.Names())
            {
                weights.Require(outputs.Contains(output), $"the graph has no output '{output}'");
            }

            yield return new OnnxDetectorInfo(name, metadata with { OutlierProbability = LimitOf(metadata, weights) });
        }
    }

    /// <summary>Restores one detector exactly as it was.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="detectors">All detectors of it, as <see cref="List"/> gives them.</param>
    /// <param name="name">The name of the detector; null for the only one of the kind.</param>
    /// <param name="parameterName">The parameter to blame.</param>
    /// <exception cref="ArgumentException">There is no such detector, it is of another kind, or no name is given and there are several of that kind.</exception>
    /// <exception cref="InvalidDataException">What describes the detector is damaged, or does not fit the graph.</exception>
    public static T Read<T>(ModelProto model, IReadOnlyList<OnnxDetectorInfo> detectors, string? name, string parameterName)
        where T : Detector
    {
        OnnxDetectorInfo info = Choose<T>(detectors, name, parameterName);
        var weights = new DetectorWeights(model, info.Name);
        Detector detector = info.IsEnsemble ? ReadEnsemble(info.Metadata, weights) : ReadDime(info.Metadata, weights);
        return (T)detector;
    }

    private static EnsembleDetector ReadEnsemble(DetectorMetadata metadata, DetectorWeights weights) =>
        new(EnsembleReader.Read(metadata.Ensemble!, ReadPercentiles(metadata, weights)!, weights), metadata.OutlierProbability);

    private static DimeDetector ReadDime(DetectorMetadata metadata, DetectorWeights weights)
    {
        RestoredModel restored = metadata.Hyperplane.Read(
            weights,
            ReadPercentiles(metadata, weights),
            metadata.WithinPercentiles is { } within ? weights.Numbers<float>(within, "percentiles") : null);
        ModelledEmbedding embedding = (restored with { CalibrationRowCount = metadata.CalibrationRowCount }).ToModel(weights.Invalid);
        bool includesWithin = metadata.Outputs.WithinDistance is not null;
        weights.Require(!includesWithin || embedding.HasDistanceWithinHyperplane, "it measures distances within the hyperplane without their scale");
        return new DimeDetector(embedding, metadata.OutlierProbability, includesWithin);
    }

    private static void CheckModel(DetectorMetadata metadata, DetectorWeights weights)
    {
        if (metadata.Ensemble is { } ensemble)
        {
            EnsembleReader.Check(ensemble, weights);
        }
        else
        {
            RestoredModel.CheckSizes(metadata.Dimension, metadata.Rank, weights.Invalid);
        }
    }

    private static float[]? ReadPercentiles(DetectorMetadata metadata, DetectorWeights weights)
    {
        float[]? percentiles = metadata.Percentiles is null ? null : PercentileLookup.Read(weights.Find(metadata.Percentiles), metadata.PercentileCount)?[0];
        weights.Require(percentiles is not null == metadata.IsCalibrated, "its percentiles are missing or not as many as it says");
        return percentiles;
    }

    // The default of the input is what a runtime goes by. The description has more digits of it, unless someone has set another one.
    private static double LimitOf(DetectorMetadata metadata, DetectorWeights weights)
    {
        if (metadata.Threshold is null)
        {
            return metadata.OutlierProbability;
        }

        weights.Require(metadata.IsCalibrated, "it has a threshold and is not calibrated");
        float[] values = weights.Singles(metadata.Threshold);
        weights.Require(values.Length == 1, $"its threshold '{metadata.Threshold}' is not one number");
        RestoredModel.CheckOutlierProbability(values[0], weights.Invalid);
        return values[0] == (float)metadata.OutlierProbability ? metadata.OutlierProbability : values[0];
    }

    private static OnnxDetectorInfo Choose<T>(IReadOnlyList<OnnxDetectorInfo> detectors, string? name, string parameterName)
    {
        string known = detectors.Count == 0
            ? "It has no detectors: make one with ToOnnx, or add one with OnnxGraph.Fuse."
            : $"Its detectors are {string.Join(", ", detectors.Select(detector => $"'{detector.Name}'"))}.";
        if (name is null)
        {
            return detectors.Where(IsOfKind<T>).Take(2).ToList() is [var only]
                ? only
                : throw new ArgumentException($"The graph does not have just one {KindOf<T>()}. {known}", parameterName);
        }

        OnnxDetectorInfo chosen = detectors.FirstOrDefault(detector => detector.Name == name) ?? throw new ArgumentException($"The graph has no detector '{name}'. {known}", parameterName);
        return IsOfKind<T>(chosen)
            ? chosen
            : throw new ArgumentException(
                chosen.IsEnsemble ? $"The detector '{name}' is an ensemble: restore it with ToEnsemble." : $"The detector '{name}' is no ensemble: restore it with ToModelledEmbedding.",
                parameterName);
    }

    private static bool IsOfKind<T>(OnnxDetectorInfo detector) =>
        typeof(T).IsAssignableFrom(detector.IsEnsemble ? typeof(EnsembleDetector) : typeof(DimeDetector));

    private static string KindOf<T>() => typeof(T) == typeof(EnsembleDetector) ? "ensemble" : "detector";
}
