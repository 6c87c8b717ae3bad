using System.Text.Json;
using System.Text.Json.Serialization;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// What a model's metadata says of a detector in it. Weights are where its operators have them; the rest of what
/// restores it exactly stands here.
/// </summary>
internal sealed record DetectorMetadata(
    int Version,
    string Library,
    string Tensor,
    int Dimension,
    int Rank,
    double OutlierProbability,
    int PercentileCount,
    string? Basis,
    [property: JsonPropertyName("Knots")] string? Percentiles,
    byte[]? ExplainedVariance,
    byte[]? ScoreMean,
    byte[]? Whitening,
    [property: JsonPropertyName("WithinKnots")] byte[]? WithinPercentiles,
    DetectorOutputs Outputs)
{
    public const int NewestVersion = 2;

    public const string LibraryName = "Dime.MLNet";

    // What 0.1.0 reads, and reads right.
    private const int PlainVersion = 1;

    private const string KeyPrefix = "dime.detector.";

    /// <summary>The input that sets the limit of the flag; null without calibration, and in files of 0.1.0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Threshold { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Normalizes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Spectrum { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CalibrationRowCount { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TrainingRowCount { get; init; }

    /// <summary>Null for DIME, which needs all that stands above.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EnsembleDescription? Ensemble { get; init; }

    [JsonIgnore]
    public bool IsCalibrated => Percentiles is not null;

    /// <summary>That of DIME.</summary>
    [JsonIgnore]
    public HyperplaneDescription Hyperplane => new(Dimension, Rank, Basis!, ExplainedVariance!, ScoreMean, Whitening, Normalizes, Spectrum, TrainingRowCount);

    public static DetectorMetadata Of(DimeDetector detector, string basis, string? percentiles, DetectorPorts ports)
    {
        ModelledEmbedding embedding = detector.Embedding;
        var hyperplane = HyperplaneDescription.Of(embedding, basis);
        return new DetectorMetadata(
            embedding.Normalizes ? NewestVersion : PlainVersion,
            $"{LibraryName} {LibraryVersion.Current}",
            ports.Tensors[0],
            embedding.Dimension,
            embedding.Rank,
            detector.OutlierProbability,
            embedding.DistancePercentiles.Length,
            hyperplane.Basis,
            percentiles,
            hyperplane.ExplainedVariance,
            hyperplane.ScoreMean,
            hyperplane.Whitening,
            embedding.WithinDistances is { } within ? LittleEndian.BytesOf(within.Percentiles).ToArray() : null,
            ports.Outputs)
        {
            Threshold = ports.Threshold,
            Normalizes = hyperplane.Normalizes,
            Spectrum = hyperplane.Spectrum,
            CalibrationRowCount = embedding.CalibrationRowCount,
            TrainingRowCount = hyperplane.TrainingRowCount,
        };
    }

    public static DetectorMetadata Of(EnsembleDetector detector, EnsembleDescription ensemble, string percentiles, DetectorPorts ports) => new(
        NewestVersion,
        $"{LibraryName} {LibraryVersion.Current}",
        ports.Tensors[0],
        detector.Inputs.Sum(input => input.Dimension),
        Rank: 0,
        detector.OutlierProbability,
        detector.Ensemble.StatisticPercentiles.Length,
        Basis: null,
        percentiles,
        ExplainedVariance: null,
        ScoreMean: null,
        Whitening: null,
        WithinPercentiles: null,
        ports.Outputs)
    {
        Threshold = ports.Threshold,
        Ensemble = ensemble,
    };

    public void AddTo(ModelProto model, string name) =>
        model.MetadataProps.Add(new StringStringEntryProto { Key = KeyPrefix + name, Value = JsonSerializer.Serialize(this) });

    /// <summary>The detectors that the metadata names, unchecked but for being what this class writes.</summary>
    /// <exception cref="InvalidDataException">An entry is no description of a detector, or of one that a newer library wrote.</exception>
    public static IEnumerable<(string Name, DetectorMetadata Metadata)> In(ModelProto model) =>
        model.MetadataProps.Where(IsDetector).Select(entry => (entry.Key[KeyPrefix.Length..], Parse(entry)));

    public static HashSet<string> NamesIn(ModelProto model) => [.. model.MetadataProps.Where(IsDetector).Select(entry => entry.Key[KeyPrefix.Length..])];

    /// <summary>Removes the descriptions of all detectors, for a part of a network that has them no more.</summary>
    public static void RemoveFrom(ModelProto model)
    {
        foreach (StringStringEntryProto? entry in model.MetadataProps.Where(IsDetector).ToList())
        {
            model.MetadataProps.Remove(entry);
        }
    }

    private static bool IsDetector(StringStringEntryProto entry) => entry.Key.StartsWith(KeyPrefix, StringComparison.Ordinal);

    private static DetectorMetadata Parse(StringStringEntryProto entry)
    {
        try
        {
            DetectorMetadata? metadata = JsonSerializer.Deserialize<DetectorMetadata>(entry.Value);
            return metadata switch
            {
                null or { Version: < 1 } => throw new InvalidDataException($"The metadata '{entry.Key}' does not describe a detector."),
                { Version: > NewestVersion } => throw new InvalidDataException(
                    $"The detector of the metadata '{entry.Key}' has format version {metadata.Version}; this Dime.MLNet reads versions up to {NewestVersion}. Update the Dime.MLNet package."),
                _ when !metadata.IsComplete => throw new InvalidDataException($"The metadata '{entry.Key}' leaves out what a detector needs."),
                _ => metadata,
            };
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The metadata '{entry.Key}' does not describe a detector: {exception.Message}", exception);
        }
    }

    private bool IsComplete =>
        this is { Library: not null, Tensor: not null, Outputs.Distance: not null }
        && (Ensemble is null ? this is { Basis: not null, ExplainedVariance: not null } : Percentiles is not null && Ensemble.IsComplete);
}
