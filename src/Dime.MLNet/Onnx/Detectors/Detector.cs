namespace Dime.MLNet.Onnx.Detectors;

/// <summary>All that the operators of a detector are made from.</summary>
/// <param name="Embedding">The fitted model.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
/// <param name="IncludesWithin">Whether the distance within the hyperplane, and its probability, are among the outputs.</param>
internal sealed record Detector(ModelledEmbedding Embedding, double OutlierProbability, bool IncludesWithin);

/// <summary>The names of what a detector hands out; null for what it does not.</summary>
internal sealed record DetectorOutputs(string Distance, string? Probability, string? IsOutOfDistribution, string? WithinDistance, string? WithinProbability)
{
    /// <summary>Chooses names for all outputs that the detector can have.</summary>
    public static DetectorOutputs For(Detector detector, Func<string, string> choose)
    {
        bool calibrated = detector.Embedding.IsCalibrated;
        return new DetectorOutputs(
            choose("distance"),
            calibrated ? choose("probability") : null,
            calibrated ? choose("is_out_of_distribution") : null,
            detector.IncludesWithin ? choose("within_distance") : null,
            detector.IncludesWithin && calibrated ? choose("within_probability") : null);
    }

    public IEnumerable<string> Names() =>
        new[] { Distance, Probability, IsOutOfDistribution, WithinDistance, WithinProbability }.OfType<string>();
}
