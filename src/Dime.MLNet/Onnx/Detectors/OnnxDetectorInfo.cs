using Dime.MLNet.Onnx.Detectors;

namespace Dime.MLNet;

/// <summary>A detector in an ONNX graph: what it monitors, and which outputs it adds.</summary>
public sealed class OnnxDetectorInfo
{
    internal OnnxDetectorInfo(string name, DetectorMetadata metadata)
    {
        Name = name;
        Metadata = metadata;
        TensorNames = metadata.Ensemble is { } monitored ? Array.AsReadOnly(monitored.Tensors.ToArray()) : Array.AsReadOnly([metadata.Tensor]);
        ScoreNames = Array.AsReadOnly(metadata.Ensemble is { } ensemble ? [.. ensemble.Scores.Select(score => score.Name)] : Array.Empty<string>());
    }

    /// <summary>The name that tells the detector from others in the graph: the prefix it was fused with, or "dime".</summary>
    public string Name { get; }

    /// <summary>Whether it is an ensemble, to restore with <see cref="OnnxGraph.ToEnsemble"/>, rather than one DIME distance.</summary>
    public bool IsEnsemble => Metadata.Ensemble is not null;

    /// <summary>The tensor whose embeddings are measured; of an ensemble the first one.</summary>
    public string TensorName => Metadata.Tensor;

    /// <summary>All tensors that are measured, in the order in which <see cref="OnnxGraph.Fuse(OnnxGraph, IEnumerable{string}, string?, TokenPooling?)"/> takes them.</summary>
    public IReadOnlyList<string> TensorNames { get; }

    /// <summary>P, the length of an embedding; of an ensemble the length of all that it reads.</summary>
    public int Dimension => Metadata.Dimension;

    /// <summary>k, the dimension of the hyperplane; 0 for an ensemble.</summary>
    public int Rank => Metadata.Rank;

    /// <summary>The names of the scores of an ensemble, in the order of <see cref="ScoreProbabilitiesOutput"/>; empty for DIME.</summary>
    public IReadOnlyList<string> ScoreNames { get; }

    /// <summary>Whether there are probabilities, and with them a flag.</summary>
    public bool IsCalibrated => Metadata.PercentileCount > 0;

    /// <summary>How many percentiles of the calibration distances are kept, n: probabilities are multiples of 1 / (n − 1). 0 without calibration.</summary>
    public int PercentileCount => Metadata.PercentileCount;

    /// <summary>The probability from which on a row is flagged, in (0, 1], where <see cref="OutlierThresholdInput"/> is not given.</summary>
    public double OutlierProbability => Metadata.OutlierProbability;

    /// <summary>The library that wrote the detector, with its version.</summary>
    public string Library => Metadata.Library;

    /// <summary>
    /// The optional input that takes the place of <see cref="OutlierProbability"/> for the flag, 1 of <see cref="float"/>: a row is flagged
    /// where its probability is at least this. Null without calibration, and in files that 0.1.0 wrote.
    /// </summary>
    public string? OutlierThresholdInput => Metadata.Threshold;

    /// <summary>The output of the distance to the hyperplane, or of the statistic of an ensemble, N of <see cref="float"/>.</summary>
    public string DistanceOutput => Metadata.Outputs.Distance;

    /// <summary>The output of the probability of such a distance or a smaller one, N of <see cref="float"/>; null without calibration.</summary>
    public string? ProbabilityOutput => Metadata.Outputs.Probability;

    /// <summary>The output of the flag, N of <see cref="bool"/>; null without calibration.</summary>
    public string? IsOutOfDistributionOutput => Metadata.Outputs.IsOutOfDistribution;

    /// <summary>The output of the distance within the hyperplane, N of <see cref="float"/>; null where it was not asked for.</summary>
    public string? WithinDistanceOutput => Metadata.Outputs.WithinDistance;

    /// <summary>The output of the probability of the distance within the hyperplane, N of <see cref="float"/>; null where it was not asked for, or without calibration.</summary>
    public string? WithinProbabilityOutput => Metadata.Outputs.WithinProbability;

    /// <summary>The output of the probability that each score of an ensemble gives, N×S of <see cref="float"/> in the order of <see cref="ScoreNames"/>; null for DIME.</summary>
    public string? ScoreProbabilitiesOutput => Metadata.Outputs.ScoreProbabilities;

    internal DetectorMetadata Metadata { get; }

    /// <returns>Name, tensor, dimension and rank, as in "dime: features [N, 128], rank 64"; or name, tensors and number of scores, as in "dime: early, late, 3 scores".</returns>
    public override string ToString() => IsEnsemble
        ? $"{Name}: {string.Join(", ", TensorNames)}, {ScoreNames.Count} {(ScoreNames.Count == 1 ? "score" : "scores")}"
        : $"{Name}: {TensorName} [N, {Dimension}], rank {Rank}";
}
