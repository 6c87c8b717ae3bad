using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// What a model's metadata says of a detector in it. Basis and percentiles are where its operators have them; the rest of what
/// restores it exactly stands here, because not every export has an operator for it.
/// </summary>
internal sealed record DetectorMetadata(
    int Version,
    string Library,
    string Tensor,
    int Dimension,
    int Rank,
    double OutlierProbability,
    int PercentileCount,
    string Basis,
    [property: JsonPropertyName("Knots")] string? Percentiles,
    byte[] ExplainedVariance,
    byte[]? ScoreMean,
    byte[]? Whitening,
    [property: JsonPropertyName("WithinKnots")] byte[]? WithinPercentiles,
    DetectorOutputs Outputs)
{
    public const int NewestVersion = 1;

    public const string LibraryName = "Dime.MLNet";

    private const string KeyPrefix = "dime.detector.";

    public static string LibraryVersion { get; } =
        typeof(DetectorMetadata).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static DetectorMetadata Of(Detector detector, string tensor, (string Basis, string? Percentiles) weights, DetectorOutputs outputs)
    {
        ModelledEmbedding embedding = detector.Embedding;
        return new DetectorMetadata(
            NewestVersion,
            $"{LibraryName} {LibraryVersion}",
            tensor,
            embedding.Dimension,
            embedding.Rank,
            detector.OutlierProbability,
            embedding.Distances is { } distances ? distances.Percentiles.Length : 0,
            weights.Basis,
            weights.Percentiles,
            LittleEndian.BytesOf<double>(embedding.ExplainedVariance.ToArray()).ToArray(),
            embedding.Scores is { } scores ? LittleEndian.BytesOf<double>(scores.Mean).ToArray() : null,
            embedding.Scores is { } whitened ? LittleEndian.BytesOf<float>(whitened.Whitening).ToArray() : null,
            embedding.WithinDistances is { } within ? LittleEndian.BytesOf(within.Percentiles).ToArray() : null,
            outputs);
    }

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
                { Library: null } or { Tensor: null } or { Basis: null } or { ExplainedVariance: null } or { Outputs: null } or { Outputs.Distance: null } =>
                    throw new InvalidDataException($"The metadata '{entry.Key}' leaves out what a detector needs."),
                _ => metadata,
            };
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The metadata '{entry.Key}' does not describe a detector: {exception.Message}", exception);
        }
    }
}
