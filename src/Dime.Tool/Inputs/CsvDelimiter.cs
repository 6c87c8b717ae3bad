namespace Dime.Tool.Inputs;

/// <summary>Sees that lines were read with the wrong delimiter.</summary>
internal static class CsvDelimiter
{
    private static readonly (char Delimiter, bool AllowsDecimalCommas)[] _others = [(',', false), (';', true), ('\t', true), ('#', false), ('|', true), (' ', false)];

    /// <param name="file">The file, for messages.</param>
    /// <param name="lines">The first lines, one or more.</param>
    /// <exception cref="InputException">Another delimiter gives numbers where this one gives none; the message names it.</exception>
    public static void Check(string file, IReadOnlyList<CsvLine> lines)
    {
        foreach ((char delimiter, bool allowsDecimalCommas) in _others.Where(other => IsSuspect(lines, other.Delimiter)))
        {
            string[][] rows = [.. lines.Select(line => WithoutMark(line.Text.TrimEnd('\r', '\n'), delimiter).Split(delimiter))];
            string[][] below = rows.Length > 1 ? rows[1..] : rows;
            int width = rows[0].Length;
            if (width < 2 || rows.Any(row => row.Length != width))
            {
                continue;
            }

            string[] cells = [.. below.SelectMany(row => row)];
            int numeric = Enumerable.Range(0, width).Count(i =>
                below.All(row => CsvCell.IsNumber(row[i]) || (allowsDecimalCommas && CsvCell.IsDecimalComma(row[i]))));
            if (2 * numeric >= width)
            {
                string name = delimiter == '\t' ? @"\t" : $"{delimiter}";
                string? comma = allowsDecimalCommas ? cells.FirstOrDefault(CsvCell.IsDecimalComma) : null;
                throw new InputException(comma is null
                    ? $"'{file}': cells seem to be separated by '{name}'; say so with --delimiter \"{name}\"."
                    : $"'{file}': cells seem to be separated by '{name}', and numbers are written with decimal commas, as in '{comma}'; write them with points, and say so with --delimiter \"{name}\".");
            }
        }
    }

    // A line of names that is written as a remark, as numpy.savetxt does.
    private static string WithoutMark(string line, char delimiter) => delimiter != '#' && line.StartsWith('#') ? line[1..].TrimStart(' ') : line;

    // Lines of different lengths, or a column of words with the delimiter in each.
    private static bool IsSuspect(IReadOnlyList<CsvLine> lines, char delimiter)
    {
        int width = lines[0].Cells.Length;
        if (lines.Any(line => line.Cells.Length != width))
        {
            return lines.All(line => line.Text.Contains(delimiter));
        }

        CsvLine[] below = [.. lines.Count > 1 ? lines.Skip(1) : lines];
        return Enumerable.Range(0, width).Any(i => below.All(line => line.Cells[i].Contains(delimiter) && !CsvCell.IsNumber(line.Cells[i]) && !CsvCell.IsDecimalComma(line.Cells[i])));
    }
}
