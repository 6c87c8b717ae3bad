using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Dime.Tool.Inputs;

/// <summary>A Parquet file with a column for each value, or with one column of lists. Read one group of rows at a time.</summary>
internal sealed class ParquetEmbeddings : IEmbeddingReader
{
    private const int SampleRows = 100;

    private readonly string _path;
    private readonly ParquetReader _reader;
    private readonly Table _table;
    private readonly ColumnChoice _choice;
    private readonly DataField[] _features;
    private readonly DataField? _id;
    private readonly DataField? _label;
    private readonly bool _isList;

    /// <param name="path">The file.</param>
    /// <param name="options">What the user chose.</param>
    /// <param name="model">What the model takes; null where one is to be fitted.</param>
    public ParquetEmbeddings(string path, EmbeddingOptions options, ColumnLayout? model)
    {
        _path = path;
        _reader = Open(path);
        try
        {
            DataField[] fields = [.. _reader.Schema.DataFields];
            _table = new Table(path, [.. fields.Select(Column)], HasNames: true, HasTypes: true);
            _choice = new ColumnRules(_table, options, model).Choose();
            _features = [.. _choice.Features.Select(i => fields[i])];
            _id = _choice.Id is { } id ? fields[id] : null;
            _label = _choice.Label is { } label ? fields[label] : null;
            _isList = ParquetNumbers.KindOf(_features[0]) == CellKind.NumberLists;
            RowCount = _reader.RowGroups.Sum(group => group.RowCount);
            Layout = _isList ? new ColumnLayout(LengthOfFirstList(), Names: null) : _choice.Layout(_table);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ColumnLayout Layout { get; }

    public TakenColumns Columns => _choice.Describe(_table, Layout.Dimension);

    public long? RowCount { get; }

    public IEnumerable<EmbeddingRow> Read()
    {
        long first = 0;
        for (int group = 0; group < _reader.RowGroupCount; group++)
        {
            using ParquetRowGroupReader rows = _reader.OpenRowGroupReader(group);
            int count = checked((int)rows.RowCount);
            string[]? ids = _id is null ? null : ParquetNumbers.Texts(rows, _id, _path);
            string[]? classes = _label is null ? null : ParquetNumbers.Texts(rows, _label, _path);
            Func<int, float[]> values = _isList ? Lists(rows, first) : Cells(rows);
            for (int i = 0; i < count; i++)
            {
                string id = ids?[i] ?? (first + i).ToString(CultureInfo.InvariantCulture);
                yield return new EmbeddingRow { Id = id, Class = ClassText.Of(classes?[i] ?? ""), Features = values(i) };
            }

            first += count;
        }
    }

    public void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static ParquetReader Open(string path)
    {
        try
        {
            return ParquetReader.CreateAsync(path).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not UnauthorizedAccessException && !Cause.IsOfMemory(e))
        {
            throw new InputException($"'{path}' is not a Parquet file that can be read: {e.Message}", e);
        }
    }

    private TableColumn Column(DataField field)
    {
        string name = field.MaxRepetitionLevel > 0 ? field.Path.FirstPart! : string.Join('.', field.Path.ToList());
        return new TableColumn(name, ParquetNumbers.KindOf(field))
        {
            Sample = () => Sample(field),
            Doubt = ParquetNumbers.KindOf(field) == CellKind.Other ? $"holds {field.ClrType.Name} values, which are neither numbers nor text" : null,
        };
    }

    private double[] Sample(DataField field)
    {
        if (_reader.RowGroupCount == 0)
        {
            return [];
        }

        using ParquetRowGroupReader rows = _reader.OpenRowGroupReader(0);
        return ParquetNumbers.First(rows, field, _path, SampleRows);
    }

    private Func<int, float[]> Cells(ParquetRowGroupReader rows)
    {
        float[][] columns = [.. _features.Select(field => ParquetNumbers.Cells(rows, field, _path))];
        return row => [.. columns.Select(column => column[row])];
    }

    private Func<int, float[]> Lists(ParquetRowGroupReader rows, long first)
    {
        List<float[]> lists = ParquetNumbers.Lists(rows, _features[0], _path);
        return row => lists[row].Length == Layout.Dimension
            ? lists[row]
            : throw new InputException($"'{_path}', row {first + row} (counted from 0): the list has {lists[row].Length} values instead of {Layout.Dimension}; give every row as many.");
    }

    private int LengthOfFirstList()
    {
        if (RowCount == 0)
        {
            throw new InputException($"'{_path}' has no rows; the length of an embedding cannot be seen.");
        }

        using ParquetRowGroupReader rows = _reader.OpenRowGroupReader(0);
        int length = ParquetNumbers.Lists(rows, _features[0], _path)[0].Length;
        return length > 0 ? length : throw new InputException($"'{_path}', row 0: the list is empty; give every row an embedding.");
    }
}
