namespace Dime.Tool.Inputs;

/// <summary>How a file of embeddings is read.</summary>
/// <param name="Columns">The columns of the values, or ranges of columns <c>first..last</c>; null for all numeric ones.</param>
/// <param name="IdColumn">The column that tells rows apart; null for the first text column, or the row's number.</param>
/// <param name="Delimiter">What separates cells of text; null to go by the name of the file.</param>
/// <param name="HasHeader">Whether text begins with the columns' names; null to see for oneself.</param>
internal sealed record EmbeddingOptions(
    IReadOnlyList<string>? Columns = null,
    string? IdColumn = null,
    string? Delimiter = null,
    bool? HasHeader = null);
