namespace Dime.Tool.Inputs;

/// <summary>Cells of a column of classes.</summary>
internal static class ClassText
{
    /// <summary>The class that a cell names; empty where it is missing, as NaN is in columns of numbers.</summary>
    public static string Of(string cell)
    {
        string name = cell.Trim();
        return name.Equals("nan", StringComparison.OrdinalIgnoreCase) ? "" : name;
    }
}
