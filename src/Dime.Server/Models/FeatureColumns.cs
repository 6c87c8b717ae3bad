using Dime.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Models;

/// <summary>The columns that a detector measures.</summary>
/// <param name="columns">In the order of the detector, each a vector of known size.</param>
internal sealed class FeatureColumns(DataViewSchema.Column[] columns)
{
    private readonly int[] _sizes = [.. columns.Select(column => ((VectorDataViewType)column.Type).Size)];

    public IReadOnlyList<DataViewSchema.Column> Columns => columns;

    /// <summary>How many values a row has.</summary>
    public int Width => _sizes.Sum();

    /// <param name="detector">The detector.</param>
    /// <param name="schema">The rows that it is applied to.</param>
    public static FeatureColumns Of(DetectorTransformer detector, DataViewSchema schema) => new([.. detector.InputColumnNames.Select(name => schema[name])]);

    /// <returns>The columns behind later stages; null where such a stage has dropped or moved one.</returns>
    public FeatureColumns? In(DataViewSchema schema) =>
        Array.TrueForAll(columns, column => column.Index < schema.Count && schema[column.Index] is var same && same.Name == column.Name && same.Type.Equals(column.Type))
            ? new FeatureColumns([.. columns.Select(column => schema[column.Index])])
            : null;

    /// <summary>Reads the row at a cursor.</summary>
    public Action<Memory<float>> ReaderAt(DataViewRowCursor cursor)
    {
        ValueGetter<VBuffer<float>>[] getters = [.. columns.Select(cursor.GetGetter<VBuffer<float>>)];
        VBuffer<float> values = default;
        return row =>
        {
            for (int i = 0; i < getters.Length; i++)
            {
                getters[i](ref values);
                values.CopyTo(row.Span);
                row = row[_sizes[i]..];
            }
        };
    }
}
