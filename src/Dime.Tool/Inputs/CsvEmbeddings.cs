using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Dime.Tool.Inputs;

/// <summary>Embeddings as text: a line for each row, with or without the names of the columns. Read once.</summary>
internal sealed class CsvEmbeddings : IEmbeddingReader
{
    private readonly string _name;
    private readonly CsvParser _parser;
    private readonly Table _table;
    private readonly ColumnChoice _choice;
    private readonly Queue<CsvLine> _ahead;
    private bool _isRead;

    /// <param name="text">The text; it is disposed with this.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="delimiter">What separates cells where the options do not say.</param>
    /// <param name="options">What the user chose.</param>
    /// <param name="model">What the model takes; null where one is to be fitted.</param>
    public CsvEmbeddings(TextReader text, string name, string delimiter, EmbeddingOptions options, ColumnLayout? model)
    {
        _name = name;
        _parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = options.Delimiter ?? delimiter,

            // Nothing is trimmed, and a space may be the delimiter.
            WhiteSpaceChars = [],
            BadDataFound = bad => throw new InputException($"'{name}', line {bad.Context.Parser!.RawRow}: a quotation mark stands in the middle of a cell; double it, or put the cell in quotation marks."),
        });

        CsvLine[] first = [.. Lines(withText: true).Take(CsvSample.MostLines)];
        if (first is [])
        {
            throw new InputException($"'{name}' is empty; it needs a line for each embedding.");
        }

        if (options.Delimiter is null)
        {
            CsvDelimiter.Check(name, first);
        }

        // As numpy.savetxt writes names.
        if (first is [{ Cells: [var cell, ..] cells }, var second, ..] && cell.StartsWith('#') && cells.Length != second.Cells.Length)
        {
            throw new InputException($"'{name}': the first line begins with '#' and has {cells.Length} cells, the next {second.Cells.Length}; remove it, or write names without '#'.");
        }

        foreach (CsvLine line in first)
        {
            RequireCells(line, first[0].Cells.Length);
        }

        CsvSample sample = new(name, first, options.HasHeader, model?.Names);
        _ahead = new Queue<CsvLine>(first.Skip(sample.HasHeader ? 1 : 0));
        _table = sample.Table;
        _choice = new ColumnRules(_table, options, model).Choose();
        Layout = _choice.Layout(_table);
    }

    public ColumnLayout Layout { get; }

    public TakenColumns Columns => _choice.Describe(_table, Layout.Dimension);

    public long? RowCount => null;

    public IEnumerable<EmbeddingRow> Read()
    {
        if (_isRead)
        {
            throw new InvalidOperationException($"'{_name}' is text and can be read once only.");
        }

        _isRead = true;
        long row = 0;
        foreach (CsvLine line in Ahead().Concat(Lines(withText: false)))
        {
            RequireCells(line, _table.Columns.Count);
            string id = _choice.Id is { } column ? line.Cells[column] : row.ToString(CultureInfo.InvariantCulture);
            string label = _choice.Label is { } classes ? ClassText.Of(line.Cells[classes]) : "";
            yield return new EmbeddingRow { Id = id, Class = label, Features = Values(line) };
            row++;
        }
    }

    public void Dispose() => _parser.Dispose();

    private IEnumerable<CsvLine> Ahead()
    {
        while (_ahead.TryDequeue(out CsvLine? line))
        {
            yield return line;
        }
    }

    private IEnumerable<CsvLine> Lines(bool withText)
    {
        while (_parser.Read())
        {
            yield return new CsvLine(_parser.Record!, _parser.RawRow, withText ? _parser.RawRecord : "");
        }
    }

    private void RequireCells(CsvLine line, int count)
    {
        if (line.Cells.Length != count)
        {
            throw new InputException($"'{_name}', line {line.Number}: {line.Cells.Length} cells instead of {count}; give every line as many, or name what separates them with --delimiter.");
        }
    }

    private float[] Values(CsvLine line)
    {
        float[] values = new float[_choice.Features.Count];
        for (int i = 0; i < values.Length; i++)
        {
            int column = _choice.Features[i];
            if (!CsvCell.TryRead(line.Cells[column], out values[i]))
            {
                throw new InputException($"'{_name}', line {line.Number}, column '{_table.Columns[column].Name}': '{line.Cells[column]}' is not a number; correct it, or leave the cell empty where the value is missing.");
            }
        }

        return values;
    }
}
