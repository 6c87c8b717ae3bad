using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>A data view in ML.NET's binary format (<c>mlContext.Data.SaveAsBinary</c>) with a vector column of embeddings.</summary>
internal sealed class BinaryViewEmbeddings : IEmbeddingReader
{
    private readonly string _path;
    private readonly IDataView _view;
    private readonly Table _table;
    private readonly ColumnChoice _choice;
    private readonly DataViewSchema.Column _features;
    private readonly DataViewSchema.Column? _id;
    private readonly DataViewSchema.Column? _label;

    // The places of the model's values in the vector; null where they stand in the same order, or have no names.
    private readonly int[]? _order;

    /// <param name="path">The file.</param>
    /// <param name="options">What the user chose.</param>
    /// <param name="model">What the model takes; null where one is to be fitted.</param>
    public BinaryViewEmbeddings(string path, EmbeddingOptions options, ColumnLayout? model)
    {
        _path = path;
        try
        {
            _view = new MLContext().Data.LoadFromBinary(path);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException or ArgumentException)
        {
            throw new InputException($"'{path}' is not a data view that ML.NET saved; write it with mlContext.Data.SaveAsBinary.", e);
        }

        DataViewSchema.Column[] columns = [.. _view.Schema.Where(column => !column.IsHidden)];
        _table = new Table(path, [.. columns.Select(Column)], HasNames: true, HasTypes: true);
        _choice = new ColumnRules(_table, options, model).Choose();
        _features = columns[_choice.Features[0]];
        _id = _choice.Id is { } id ? columns[id] : null;
        _label = _choice.Label is { } label ? columns[label] : null;
        Layout = ColumnLayout.Of(_features);
        if (model?.Names is { } expected && Layout.Names is { } names)
        {
            _order = Order(names, expected);
            _choice = _choice with { IsByName = true };
        }

        RowCount = _view.GetRowCount();
    }

    public ColumnLayout Layout { get; }

    public TakenColumns Columns => _choice.Describe(_table, Layout.Dimension);

    public long? RowCount { get; }

    public IEnumerable<EmbeddingRow> Read()
    {
        using DataViewRowCursor cursor = _view.GetRowCursor(new[] { _features, _id, _label }.OfType<DataViewSchema.Column>());
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(_features);
        Func<string> text = _id is { } column ? Text(cursor, column) : () => cursor.Position.ToString(CultureInfo.InvariantCulture);
        Func<string> classes = _label is { } known ? Classes(cursor, known) : () => "";
        VBuffer<float> values = default;
        EmbeddingRow? Next()
        {
            if (!cursor.MoveNext())
            {
                return null;
            }

            features(ref values);
            float[] dense = [.. values.DenseValues()];
            return new EmbeddingRow { Id = text(), Class = ClassText.Of(classes()), Features = _order is null ? dense : Array.ConvertAll(_order, i => dense[i]) };
        }

        while (Read(Next) is { } row)
        {
            yield return row;
        }
    }

    public void Dispose() => (_view as IDisposable)?.Dispose();

    private EmbeddingRow? Read(Func<EmbeddingRow?> next)
    {
        try
        {
            return next();
        }
        catch (Exception e) when (!Cause.IsOfMemory(e))
        {
            throw new InputException($"'{_path}' cannot be read to its end ({Cause.Of(e).Message.TrimEnd('.')}); write it again with mlContext.Data.SaveAsBinary.", e);
        }
    }

    private int[]? Order(IReadOnlyList<string> names, IReadOnlyList<string> expected)
    {
        string[] missing = [.. expected.Except(names).Take(5)];
        string[] added = [.. names.Except(expected).Take(5)];
        if (missing.Length > 0 || added.Length > 0)
        {
            string faults = string.Join(", ", (string[])[.. missing.Select(name => $"'{name}' missing"), .. added.Select(name => $"'{name}' new")]);
            throw new InputException($"'{_path}', column '{_features.Name}': its values are not those of the model ({faults}); name another column with --columns.");
        }

        List<string> places = [.. names];
        return names.SequenceEqual(expected) ? null : [.. expected.Select(name => places.IndexOf(name))];
    }

    private static TableColumn Column(DataViewSchema.Column column)
    {
        CellKind kind = column.Type switch
        {
            VectorDataViewType { IsKnownSize: true } vector when vector.ItemType == NumberDataViewType.Single => CellKind.NumberLists,
            TextDataViewType => CellKind.Text,
            NumberDataViewType number when number != NumberDataViewType.Single && number != NumberDataViewType.Double => CellKind.WholeNumbers,
            _ => CellKind.Other,
        };
        return new TableColumn(column.Name, kind)
        {
            HoldsClasses = column.Type is KeyDataViewType or BooleanDataViewType,
            Doubt = kind == CellKind.Other ? $"holds {column.Type}, which is neither a vector of Single, text nor whole numbers" : null,
        };
    }

    private static Func<string> Classes(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        Func<string> text = Text(cursor, column);
        if (column.Type is not KeyDataViewType)
        {
            return text;
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            column.GetKeyValues(ref names);
        }

        // A key counts from 1; 0 is a missing one.
        string[] classes = ["", .. names.DenseValues().Select(name => name.ToString())];
        return () => text() is var key && int.TryParse(key, CultureInfo.InvariantCulture, out int number) && number < classes.Length ? classes[number] : key;
    }

    private static Func<string> Text(DataViewRowCursor cursor, DataViewSchema.Column column) => Type.GetTypeCode(column.Type.RawType) switch
    {
        TypeCode.Boolean => Text<bool>(cursor, column),
        TypeCode.SByte => Text<sbyte>(cursor, column),
        TypeCode.Byte => Text<byte>(cursor, column),
        TypeCode.Int16 => Text<short>(cursor, column),
        TypeCode.UInt16 => Text<ushort>(cursor, column),
        TypeCode.Int32 => Text<int>(cursor, column),
        TypeCode.UInt32 => Text<uint>(cursor, column),
        TypeCode.Int64 => Text<long>(cursor, column),
        TypeCode.UInt64 => Text<ulong>(cursor, column),
        _ => Text<ReadOnlyMemory<char>>(cursor, column),
    };

    private static Func<string> Text<T>(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return string.Create(CultureInfo.InvariantCulture, $"{value}");
        };
    }
}
