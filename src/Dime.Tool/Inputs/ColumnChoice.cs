using Dime.Tool.Terminal;

namespace Dime.Tool.Inputs;

/// <summary>Which columns of a table are the embedding, and which one tells rows apart.</summary>
/// <param name="Features">The indices of the columns of values, in their order.</param>
/// <param name="Id">The index of the column of ids; null for none.</param>
internal sealed record ColumnChoice(IReadOnlyList<int> Features, int? Id)
{
    private const string RangeMark = "..";

    /// <param name="file">The file, for messages.</param>
    /// <param name="names">The names of all columns.</param>
    /// <param name="isNumeric">Whether a column holds numbers.</param>
    /// <param name="options">What the user chose.</param>
    /// <exception cref="InputException">A column that was named is not there, or none is left.</exception>
    public static ColumnChoice Of(string file, IReadOnlyList<string> names, Func<int, bool> isNumeric, EmbeddingOptions options)
    {
        int[] all = [.. Enumerable.Range(0, names.Count)];
        int? id = options.IdColumn is { } name ? IndexOf(file, names, name) : all.Cast<int?>().FirstOrDefault(i => !isNumeric(i!.Value));
        int[] features = options.Columns is { } chosen
            ? [.. chosen.SelectMany(part => Indices(file, names, part))]
            : [.. all.Where(i => i != id && isNumeric(i))];
        if (features.Length == 0)
        {
            throw new InputException($"'{file}' has no column of numbers; name the columns of the embedding with --columns.");
        }

        int text = Array.FindIndex(features, i => !isNumeric(i));
        return text < 0
            ? new ColumnChoice(features, id)
            : throw new InputException($"'{file}': column '{names[features[text]]}' does not hold numbers; leave it out of --columns.");
    }

    private static IEnumerable<int> Indices(string file, IReadOnlyList<string> names, string part)
    {
        int mark = part.IndexOf(RangeMark, StringComparison.Ordinal);
        if (mark < 0)
        {
            return [IndexOf(file, names, part)];
        }

        int first = IndexOf(file, names, part[..mark]);
        int last = IndexOf(file, names, part[(mark + RangeMark.Length)..]);
        return last >= first
            ? Enumerable.Range(first, last - first + 1)
            : throw new InputException($"'{file}': in '{part}' the last column stands before the first; turn them round.");
    }

    private static int IndexOf(string file, IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        string some = string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", …" : "");
        throw new InputException($"'{file}' has no column '{name}'; it has {some}.");
    }
}
