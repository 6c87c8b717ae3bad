using Dime.MLNet.Onnx.Detectors;

namespace Dime.MLNet;

/// <summary>A detector in an ONNX graph: what it monitors, and which outputs it adds.</summary>
public sealed class OnnxDetectorInfo
{
    internal OnnxDetectorInfo(string name, DetectorMetadata metadata)
    {
        Name = name;
        Metadata = metadata;
    }

    /// <summary>The name that tells the detector from others in the graph: the prefix it was fused with, or "dime".</summary>
    public string Name { get; }

    /// <summary>The tensor whose embeddings are measured.</summary>
    public string TensorName => Metadata.Tensor;

    /// <summary>P, the length of an embedding.</summary>
    public int Dimension => Metadata.Dimension;

    /// <summary>k, the dimension of the hyperplane.</summary>
    public int Rank => Metadata.Rank;

    /// <summary>Whether there are probabilities, and with them a flag.</summary>
    public bool IsCalibrated => Metadata.PercentileCount > 0;

    /// <summary>How many percentiles of the calibration distances are kept, n: probabilities are multiples of 1 / (n − 1). 0 without calibration.</summary>
    public int PercentileCount => Metadata.PercentileCount;

    /// <summary>The probability from which on a row is flagged, in (0, 1].</summary>
    public double OutlierProbability => Metadata.OutlierProbability;

    /// <summary>The library that wrote the detector, with its version.</summary>
    public string Library => Metadata.Library;

    /// <summary>The output of the distance to the hyperplane, N of <see cref="float"/>.</summary>
    public string DistanceOutput => Metadata.Outputs.Distance;

    /// <summary>The output of the probability of such a distance or a smaller one, N of <see cref="float"/>; null without calibration.</summary>
    public string? ProbabilityOutput => Metadata.Outputs.Probability;

    /// <summary>The output of the flag, N of <see cref="bool"/>; null without calibration.</summary>
    public string? IsOutOfDistributionOutput => Metadata.Outputs.IsOutOfDistribution;

    /// <summary>The output of the distance within the hyperplane, N of <see cref="float"/>; null where it was not asked for.</summary>
    public string? WithinDistanceOutput => Metadata.Outputs.WithinDistance;

    /// <summary>The output of the probability of the distance within the hyperplane, N of <see cref="float"/>; null where it was not asked for, or without calibration.</summary>
    public string? WithinProbabilityOutput => Metadata.Outputs.WithinProbability;

    internal DetectorMetadata Metadata { get; }

    /// <returns>Name, tensor, dimension and rank, as in "dime: features [N, 128], rank 64".</returns>
    public override string ToString() => $"{Name}: {TensorName} [N, {Dimension}], rank {Rank}";
}
