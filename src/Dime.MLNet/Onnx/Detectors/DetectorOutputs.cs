using System.Text.Json.Serialization;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>The names of what a detector hands out; null for what it does not.</summary>
internal sealed record DetectorOutputs(string Distance, string? Probability, string? IsOutOfDistribution, string? WithinDistance, string? WithinProbability)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ScoreProbabilities { get; init; }

    /// <summary>Whether they are such as a detector with a calibration, or without, has.</summary>
    public bool AreOf(bool calibrated, bool ensemble) =>
        Probability is not null == calibrated
        && IsOutOfDistribution is not null == calibrated
        && WithinProbability is not null == (calibrated && WithinDistance is not null)
        && ScoreProbabilities is not null == ensemble
        && (!ensemble || WithinDistance is null);

    public IEnumerable<string> Names() =>
        new[] { Distance, Probability, IsOutOfDistribution, WithinDistance, WithinProbability, ScoreProbabilities }.OfType<string>();
}
