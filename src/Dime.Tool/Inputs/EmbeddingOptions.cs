namespace Dime.Tool.Inputs;

/// <summary>How a file of embeddings is read.</summary>
/// <param name="Columns">The columns of the values, or ranges of columns <c>first..last</c>; null to see for oneself.</param>
/// <param name="IdColumn">The column that tells rows apart; null to see for oneself.</param>
/// <param name="Delimiter">What separates cells of text; null to go by the name of the file.</param>
/// <param name="HasHeader">Whether text begins with the columns' names; null to see for oneself.</param>
/// <param name="LabelColumn">The column of the rows' classes, which is no part of the embedding; null for none.</param>
/// <param name="MayLackLabel">Whether a file without that column will do.</param>
internal sealed record EmbeddingOptions(
    IReadOnlyList<string>? Columns = null,
    string? IdColumn = null,
    string? Delimiter = null,
    bool? HasHeader = null,
    string? LabelColumn = null,
    bool MayLackLabel = false)
{
    /// <summary>The options that are given, by name.</summary>
    public IReadOnlyList<string> Given => [.. OfColumns, .. OfText];

    private IEnumerable<string> OfColumns => Names(("--columns", Columns is not null), ("--id", IdColumn is not null), ("--label", LabelColumn is not null));

    private IEnumerable<string> OfText => Names(("--delimiter", Delimiter is not null), ("--header", HasHeader is not null));

    /// <summary>Says that an option is given which does not apply to a file; null where all do.</summary>
    public string? Misplaced(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".NPY" when Given is [var option, ..] => $"{option} does not apply to '{path}': .npy is a matrix without columns to choose from; leave it out.",
        ".PARQUET" or ".IDV" when OfText.FirstOrDefault() is { } option => $"{option} is for text and does not apply to '{path}'; leave it out.",
        _ => null,
    };

    private static IEnumerable<string> Names(params (string Name, bool IsGiven)[] options) =>
        options.Where(option => option.IsGiven).Select(option => option.Name);
}
