namespace Dime.Tool.Inputs;

/// <summary>Names of columns that are the tool's own; a user's pipeline has none like them.</summary>
internal static class RowColumns
{
    /// <summary>What tells a row from the others: the path of an image, a row's id, or its number.</summary>
    public const string Id = "dime.id";
}
