using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Dime.Tool.Terminal;

namespace Dime.Tool.Inputs;

/// <summary>Embeddings as text: a line for each row, with or without the names of the columns. Read once.</summary>
internal sealed class CsvEmbeddings : IEmbeddingReader
{
    private readonly string _name;
    private readonly CsvParser _parser;
    private readonly string[] _columns;
    private readonly ColumnChoice _choice;
    private readonly Queue<(string[] Cells, int Line)> _ahead = new();
    private bool _isRead;

    public CsvEmbeddings(TextReader text, string name, EmbeddingOptions options)
    {
        _name = name;
        _parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = options.Delimiter!,
            BadDataFound = bad => throw new InputException($"'{name}', line {bad.Context.Parser!.RawRow}: a quotation mark stands in the middle of a cell; double it, or put the cell in quotation marks."),
        });

        // Two lines tell whether the first has names.
        if (!ReadAhead())
        {
            throw new InputException($"'{name}' is empty; it needs a line for each embedding.");
        }

        ReadAhead();
        string[] first = _ahead.Peek().Cells;
        bool hasHeader = options.HasHeader ?? LooksLikeHeader(first, _ahead.Last().Cells);
        _columns = hasHeader ? first : [.. Enumerable.Range(1, first.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        if (hasHeader)
        {
            _ahead.Dequeue();
        }

        string[] sample = _ahead.TryPeek(out var row)
            ? row.Cells
            : throw new InputException($"'{name}' has no line after the names of its columns; it needs one for each embedding.");
        _choice = ColumnChoice.Of(name, _columns, i => i < sample.Length && TryParse(sample[i], out _), options);
    }

    public int Dimension => _choice.Features.Count;

    public long? RowCount => null;

    public IEnumerable<EmbeddingRow> Read()
    {
        if (_isRead)
        {
            throw new InvalidOperationException($"'{_name}' is text and can be read once only.");
        }

        _isRead = true;
        for (long row = 0; _ahead.Count > 0 || ReadAhead(); row++)
        {
            (string[] cells, int line) = _ahead.Dequeue();
            if (cells.Length != _columns.Length)
            {
                throw new InputException($"'{_name}', line {line}: {cells.Length} cells instead of {_columns.Length}; give every line as many.");
            }

            string id = _choice.Id is { } column ? cells[column] : row.ToString(CultureInfo.InvariantCulture);
            yield return new EmbeddingRow { Id = id, Features = Values(cells, line) };
        }
    }

    public void Dispose() => _parser.Dispose();

    private bool ReadAhead()
    {
        if (!_parser.Read())
        {
            return false;
        }

        _ahead.Enqueue((_parser.Record!, _parser.RawRow));
        return true;
    }

    private float[] Values(string[] cells, int line)
    {
        var values = new float[_choice.Features.Count];
        for (int i = 0; i < values.Length; i++)
        {
            int column = _choice.Features[i];
            if (!TryParse(cells[column], out values[i]))
            {
                throw new InputException($"'{_name}', line {line}, column '{_columns[column]}': '{cells[column]}' is not a number; correct it, or leave the cell empty where the value is missing.");
            }
        }

        return values;
    }

    // A line of names has a word where the next line has a number.
    private static bool LooksLikeHeader(string[] first, string[] second) =>
        first.Zip(second).Any(cells => !TryParse(cells.First, out _) && !string.IsNullOrWhiteSpace(cells.Second) && TryParse(cells.Second, out _));

    private static bool TryParse(string cell, out float value)
    {
        float? named = cell.Trim().ToUpperInvariant() switch
        {
            "" or "NAN" => float.NaN,
            "INF" or "+INF" => float.PositiveInfinity,
            "-INF" => float.NegativeInfinity,
            _ => null,
        };
        value = named ?? 0;
        return named is not null || float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
