using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dime.Tool.Fitting;

namespace Dime.Cluster.Tool.Shards;

/// <summary>How shards are read and summed, as a fit tells it to workers. Other settings are other parts.</summary>
/// <param name="Sums">What <c>dime accumulate</c> would be told.</param>
/// <param name="Network">What the network's file looks like, so that parts of another one are not taken for this one's; null where rows are embeddings.</param>
internal sealed record ShardSettings(SumsSettings Sums, string? Network)
{
    private static readonly JsonSerializerOptions _format = new()
    {
        // Width and height are a tuple; what follows from other settings is left out.
        IncludeFields = true,
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <exception cref="InputException">There is no such network.</exception>
    public static ShardSettings Of(SumsSettings sums)
    {
        if (sums.Images is not { } images)
        {
            // It matters to images alone, and parts of files are the same with and without.
            return new ShardSettings(sums with { SkipsUnreadable = false }, Network: null);
        }

        var network = new FileInfo(images.Network);
        return network.Exists
            ? new ShardSettings(
                sums with { Images = images with { Network = network.FullName } },
                string.Create(CultureInfo.InvariantCulture, $"{network.Length} {network.LastWriteTimeUtc.Ticks}"))
            : throw new InputException($"There is no network '{images.Network}'; name an ONNX file that all workers see.");
    }

    public static ShardSettings Parse(string text) => JsonSerializer.Deserialize<ShardSettings>(text, _format)!;

    public string ToText() => JsonSerializer.Serialize(this, _format);
}
