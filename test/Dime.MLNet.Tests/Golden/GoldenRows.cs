using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Golden;

/// <summary>What goes into a golden pipeline and comes out of it.</summary>
internal static class GoldenRows
{
    public static IDataView Images(MLContext mlContext, GoldenFolder folder) => mlContext.Data.LoadFromEnumerable(folder.Images);

    /// <summary>Rows of one column of vectors.</summary>
    public static IDataView Vectors(MLContext mlContext, string column, int[] dimensions, float[] values)
    {
        var definition = SchemaDefinition.Create(typeof(VectorRow));
        SchemaDefinition.Column vectors = definition[nameof(VectorRow.Values)];
        vectors.ColumnName = column;
        vectors.ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        int size = dimensions.Aggregate(1, (product, dimension) => product * dimension);
        return mlContext.Data.LoadFromEnumerable(values.Chunk(size).Select(row => new VectorRow { Values = row }), definition);
    }

    /// <summary>The values of a column of numbers, flags or vectors, one row after the other.</summary>
    public static float[] Read(IDataView data, string column) => data.Schema[column].Type switch
    {
        BooleanDataViewType => [.. data.GetColumn<bool>(column).Select(flag => flag ? 1f : 0f)],
        VectorDataViewType => [.. data.GetColumn<float[]>(column).SelectMany(row => row)],
        _ => [.. data.GetColumn<float>(column)],
    };

    private sealed class VectorRow
    {
        public float[] Values { get; set; } = [];
    }
}
