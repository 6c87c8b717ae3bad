using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Benchmarks.Data;

/// <summary>Data views of embeddings, and the reading of them.</summary>
internal static class DataViews
{
    /// <summary>A view whose rows are in ML.NET's cache.</summary>
    public static IDataView Cached(MLContext mlContext, float[] rows, int dimension)
    {
        IDataView cached = mlContext.Data.Cache(Of(mlContext, rows.Chunk(dimension).Select(row => new EmbeddingRow { Features = row }), dimension));
        ReadVectors(cached, nameof(EmbeddingRow.Features));
        return cached;
    }

    /// <summary>A view that enumerates its rows each time it is read.</summary>
    public static IDataView Of(MLContext mlContext, IEnumerable<EmbeddingRow> rows, int dimension)
    {
        var schema = SchemaDefinition.Create(typeof(EmbeddingRow));
        schema[nameof(EmbeddingRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return mlContext.Data.LoadFromEnumerable(rows, schema);
    }

    /// <summary>Reads a column of numbers to its end; returns their sum.</summary>
    public static double ReadNumbers(IDataView data, string columnName)
    {
        DataViewSchema.Column column = data.Schema[columnName];
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<float> getter = cursor.GetGetter<float>(column);
        float value = 0;
        double sum = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value;
        }

        return sum;
    }

    /// <summary>Reads a column of vectors to its end; returns the sum of their first values.</summary>
    public static double ReadVectors(IDataView data, string columnName)
    {
        DataViewSchema.Column column = data.Schema[columnName];
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        double sum = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value.GetItemOrDefault(0);
        }

        return sum;
    }

    /// <summary>Reads several columns, of numbers and of vectors of them, to their end.</summary>
    public static void ReadAll(IDataView data, string[] columnNames)
    {
        DataViewSchema.Column[] columns = [.. columnNames.Select(name => data.Schema[name])];
        using DataViewRowCursor cursor = data.GetRowCursor(columns);
        Action[] readers = [.. columns.Select(column => Reader(cursor, column))];
        while (cursor.MoveNext())
        {
            foreach (Action read in readers)
            {
                read();
            }
        }
    }

    private static Action Reader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<float>> getVector = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> vector = default;
            return () => getVector(ref vector);
        }

        ValueGetter<float> getNumber = cursor.GetGetter<float>(column);
        float number = 0;
        return () => getNumber(ref number);
    }
}
