namespace Dime.Tool.Inputs;

/// <summary>Which columns of a table are the embedding, and which one tells rows apart.</summary>
/// <param name="Features">The indices of the columns of values, in the order of the embedding.</param>
/// <param name="Id">The index of the column of ids; null for none.</param>
/// <param name="IsByName">Whether the columns were found by the names that a model has; null where there is no model.</param>
/// <param name="Label">The index of the column of classes; null for none.</param>
internal sealed record ColumnChoice(IReadOnlyList<int> Features, int? Id, bool? IsByName, int? Label = null)
{
    /// <summary>What a row holds, where each column is a value.</summary>
    /// <param name="table">The table.</param>
    public ColumnLayout Layout(Table table)
    {
        string[] names = [.. Features.Select(i => table.Columns[i].Name)];
        return new ColumnLayout(names.Length, table.HasNames && names.All(name => name.Length > 0) ? names : null);
    }

    /// <summary>What was taken, to be told.</summary>
    /// <param name="table">The table.</param>
    /// <param name="dimension">The number of values of an embedding.</param>
    public TakenColumns Describe(Table table, int dimension)
    {
        IEnumerable<int> leftOut = Enumerable.Range(0, table.Columns.Count).Except(Features).Where(i => i != Id && i != Label);
        return new TakenColumns(
            table.File,
            Id is { } id ? ColumnRanges.NameOf(table, id) : null,
            ColumnRanges.Of(table, IsByName is true ? Features.Order() : Features),
            dimension,
            ColumnRanges.Of(table, leftOut),
            IsByName,
            Label is { } label ? ColumnRanges.NameOf(table, label) : null);
    }
}

/// <summary>Columns as <c>--columns</c> takes them: names, and ranges <c>first..last</c>.</summary>
internal static class ColumnRanges
{
    private const string Mark = "..";
    private const int ShortestRange = 3;

    /// <summary>The name of a column, or its number where the file names others only.</summary>
    public static string NameOf(Table table, int column) => table.Columns[column].Name is { Length: > 0 } name ? name : $"number {column + 1}";

    /// <summary>Columns in few words.</summary>
    public static IReadOnlyList<string> Of(Table table, IEnumerable<int> columns)
    {
        List<(int First, int Last)> runs = [];
        foreach (int column in columns)
        {
            if (runs is [.., var run] && column == run.Last + 1)
            {
                runs[^1] = run with { Last = column };
            }
            else
            {
                runs.Add((column, column));
            }
        }

        return
        [
            .. runs.SelectMany<(int First, int Last), string>(run => run.Last - run.First + 1 >= ShortestRange
                ? [NameOf(table, run.First) + Mark + NameOf(table, run.Last)]
                : [.. Enumerable.Range(run.First, run.Last - run.First + 1).Select(i => NameOf(table, i))]),
        ];
    }

    /// <summary>The two ends of a range; null for the name of a column.</summary>
    public static (string First, string Last)? Ends(string part)
    {
        int mark = part.IndexOf(Mark, StringComparison.Ordinal);
        return mark < 0 ? null : (part[..mark], part[(mark + Mark.Length)..]);
    }
}
