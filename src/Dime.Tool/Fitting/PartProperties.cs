using System.Globalization;
using System.Text.Json;
using Dime.Tool.Inputs;

namespace Dime.Tool.Fitting;

/// <summary>What sums carry so that a pipeline can be made of them, and so that only those of the same kind merge.</summary>
/// <param name="Layout">What a row of embeddings held; null where rows were images.</param>
/// <param name="Images">How images became embeddings; null where rows were embeddings.</param>
internal sealed record PartProperties(ColumnLayout? Layout, ImageProperties? Images)
{
    // These stand in files, and stay.
    private const string Rows = "rows", OfImages = "images", OfEmbeddings = "embeddings", Dimension = "dimension", Names = "names";

    private const int MostNames = 3;

    public IReadOnlyDictionary<string, string> ToDictionary()
    {
        Dictionary<string, string> properties = new() { [Rows] = Kind };
        if (Layout is not null)
        {
            properties.Add(Dimension, Layout.Dimension.ToString(CultureInfo.InvariantCulture));
        }

        if (Layout?.Names is { } names)
        {
            properties.Add(Names, JsonSerializer.Serialize(names));
        }

        Images?.AddTo(properties);
        return properties;
    }

    /// <param name="properties">Those of sums.</param>
    /// <param name="file">Where the sums come from, for messages.</param>
    /// <exception cref="InputException">They are not of this tool.</exception>
    public static PartProperties Of(IReadOnlyDictionary<string, string> properties, string file)
    {
        try
        {
            return properties[Rows] switch
            {
                OfImages => new PartProperties(Layout: null, ImageProperties.Of(properties)),
                OfEmbeddings => new PartProperties(
                    new ColumnLayout(
                        int.Parse(properties[Dimension], CultureInfo.InvariantCulture),
                        properties.TryGetValue(Names, out string? names) ? JsonSerializer.Deserialize<string[]>(names) : null),
                    Images: null),
                var other => throw new FormatException(other),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or OverflowException or JsonException or ArgumentException)
        {
            throw new InputException(
                $"'{file}' has sums that 'dime accumulate' did not make, and does not say which pipeline they are of; fit to them in the program that made them.", e);
        }
    }

    /// <summary>Says how other parts were made otherwise: a clause; null where they were made alike.</summary>
    public string? DifferenceOf(PartProperties other) => (this, other) switch
    {
        ({ Images: { } mine }, { Images: { } theirs }) => mine.DifferenceOf(theirs),
        ({ Layout: { } mine }, { Layout: { } theirs }) => Difference(mine, theirs),
        _ => $"it is of {other.Kind}, not of {Kind}",
    };

    private string Kind => Images is null ? OfEmbeddings : OfImages;

    private static string? Difference(ColumnLayout mine, ColumnLayout theirs)
    {
        if (mine.Dimension != theirs.Dimension || mine.Names is null || theirs.Names is null)
        {
            string ours = Words(mine);
            string others = Words(theirs);
            return ours == others ? null : $"its embeddings have {others}, not {ours}";
        }

        int other = Enumerable.Range(0, mine.Dimension).FirstOrDefault(i => mine.Names[i] != theirs.Names[i], -1);
        return other < 0 ? null : $"value {other + 1} of its embeddings is '{theirs.Names[other]}', not '{mine.Names[other]}' (--columns chooses them and their order)";
    }

    private static string Words(ColumnLayout layout) => layout.Names is not { } names
        ? $"{layout.Dimension} values without names"
        : $"{layout.Dimension} values named {string.Join(", ", names.Take(MostNames))}{(names.Count > MostNames ? ", …" : "")}";
}
