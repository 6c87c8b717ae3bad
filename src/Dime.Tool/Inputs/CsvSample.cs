using System.Globalization;
using System.Numerics;

namespace Dime.Tool.Inputs;

/// <summary>What the first lines of a text tell: whether the first of them has names, and what the columns hold.</summary>
internal sealed class CsvSample
{
    /// <summary>As many lines as are looked at.</summary>
    public const int MostLines = 100;

    private static readonly HashSet<string> _missing = new(StringComparer.OrdinalIgnoreCase)
    {
        "n/a", "#n/a", "na", "<na>", "null", "none", "nil", "missing", "-", "--", "?", ".",
    };

    private readonly string _file;
    private readonly CsvLine[] _rows;

    /// <param name="file">The file, for messages.</param>
    /// <param name="lines">The first lines, one or more, all with the same number of cells.</param>
    /// <param name="hasHeader">Whether the first has the names of the columns; null to see for oneself.</param>
    /// <param name="modelNames">The names that a model has; null where it has none.</param>
    /// <exception cref="InputException">It cannot be said whether the first line has names, or nothing stands below them.</exception>
    public CsvSample(string file, IReadOnlyList<CsvLine> lines, bool? hasHeader, IReadOnlyList<string>? modelNames)
    {
        _file = file;
        string[] first = [.. lines[0].Cells.Select(cell => cell.Trim())];
        HasHeader = hasHeader ?? (HasNamesOf(first, modelNames) || SeesHeader(first, [.. lines.Skip(1)]));
        _rows = [.. lines.Skip(HasHeader ? 1 : 0)];
        if (_rows.Length == 0)
        {
            throw new InputException($"'{file}' has no line after the names of its columns; it needs one for each embedding.");
        }

        Table = new Table(file, [.. first.Select((name, i) => Column(HasHeader ? name : (i + 1).ToString(CultureInfo.InvariantCulture), i))], HasHeader, HasTypes: false);
    }

    /// <summary>Whether the first line has the names of the columns.</summary>
    public bool HasHeader { get; }

    /// <summary>The columns.</summary>
    public Table Table { get; }

    private static bool HasNamesOf(string[] cells, IReadOnlyList<string>? modelNames) =>
        modelNames is not null && cells.ToHashSet().IsSupersetOf(modelNames);

    // A line of names has words where the lines below have numbers, and no numbers itself.
    private bool SeesHeader(string[] first, CsvLine[] below)
    {
        int[] all = [.. Enumerable.Range(0, first.Length)];
        int[] numbers = [.. all.Where(i => CsvCell.IsNumber(first[i]))];
        bool hasWordAboveNumbers = all.Any(i => IsWord(first[i]) && below.Any(line => CsvCell.IsNumber(line.Cells[i])));
        bool isNumbered = IsRising(numbers.Select(i => first[i]));
        bool isCertain = hasWordAboveNumbers
            ? numbers.Length == 0 || isNumbered
            : below.Length == 0 || !isNumbered || IsRising(numbers.Select(i => below[0].Cells[i].Trim()));
        if (isCertain)
        {
            return hasWordAboveNumbers;
        }

        string line = string.Join(", ", first.Take(5)) + (first.Length > 5 ? ", …" : "");
        throw new InputException($"'{_file}': the first line ({line}) may be the names of the columns or a row; say which with --header true or --header false.");
    }

    private static bool IsWord(string cell) => cell.Length > 0 && !CsvCell.IsNumber(cell) && !CsvCell.IsDecimalComma(cell) && !_missing.Contains(cell);

    // As numbered columns are: 0, 1, 2.
    private static bool IsRising(IEnumerable<string> cells)
    {
        long[] numbers = [.. cells.Select(cell => cell.All(char.IsAsciiDigit) && long.TryParse(cell, CultureInfo.InvariantCulture, out long number) ? number : -1)];
        return numbers.Length > 1 && numbers[0] >= 0 && numbers.Skip(1).Zip(numbers).All(pair => pair.First > pair.Second);
    }

    private TableColumn Column(string name, int index)
    {
        (string Text, int Line)[] cells = [.. _rows.Select(row => (row.Cells[index].Trim(), row.Number)).Where(cell => cell.Item1.Length > 0)];
        (string Text, int Line)[] words = [.. cells.Where(cell => !CsvCell.IsNumber(cell.Text))];
        double[] numbers = [.. Numbers(cells.Select(cell => cell.Text))];
        if (words.Length == 0)
        {
            CellKind kind = numbers.Length == 0 ? CellKind.Empty : numbers.All(double.IsInteger) ? CellKind.WholeNumbers : CellKind.Numbers;
            return new TableColumn(name, kind) { Sample = () => numbers };
        }

        return DoubtAbout(words, isMixed: words.Length < cells.Length) is { } doubt
            ? new TableColumn(name, CellKind.Doubtful) { Sample = () => numbers, Doubt = doubt }
            : new TableColumn(name, CellKind.Text);
    }

    private static IEnumerable<double> Numbers(IEnumerable<string> cells)
    {
        foreach (string cell in cells)
        {
            if (CsvCell.TryRead(cell, out double number) && !double.IsNaN(number))
            {
                yield return number;
            }
        }
    }

    private static string? DoubtAbout((string Text, int Line)[] words, bool isMixed)
    {
        (string text, int line) = words[0];
        if (words.All(word => CsvCell.IsDecimalComma(word.Text)))
        {
            return $"has '{text}' in line {line}, a number with a decimal comma; write numbers with points";
        }

        if (words.All(word => _missing.Contains(word.Text)))
        {
            return $"has '{text}' in line {line} instead of a number; leave the cell empty where a value is missing";
        }

        return isMixed ? $"has '{text}' in line {line}, which is not a number, and numbers elsewhere; correct it, or leave the cell empty where a value is missing" : null;
    }
}

/// <summary>A line of text in cells.</summary>
/// <param name="Cells">The cells.</param>
/// <param name="Number">Its number, counted from 1; of the last line where a cell has line breaks in it.</param>
/// <param name="Text">The line as it was read.</param>
internal sealed record CsvLine(string[] Cells, int Number, string Text);

/// <summary>Cells as numbers.</summary>
internal static class CsvCell
{
    /// <summary>Reads the value of a cell; NaN where it is empty.</summary>
    public static bool TryRead<T>(string cell, out T value)
        where T : IFloatingPointIeee754<T>
    {
        switch (cell.Trim().ToUpperInvariant())
        {
            case "" or "NAN":
                value = T.NaN;
                return true;
            case "INF" or "+INF":
                value = T.PositiveInfinity;
                return true;
            case "-INF":
                value = T.NegativeInfinity;
                return true;
            default:
                return T.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value!);
        }
    }

    /// <summary>Whether a cell holds a number; an empty one does not.</summary>
    public static bool IsNumber(string cell) => !string.IsNullOrWhiteSpace(cell) && TryRead(cell, out double _);

    /// <summary>Whether a cell would hold a number if its comma were a point.</summary>
    public static bool IsDecimalComma(string cell) => cell.Contains(',') && !cell.Contains('.') && IsNumber(cell.Replace(',', '.'));
}
