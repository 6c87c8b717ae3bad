using Microsoft.ML;

namespace Dime.MLNet.Mapping;

/// <summary>A row, or the row a cursor stands on, as a source.</summary>
internal sealed class RowSource(DataViewRow row) : IColumnSource
{
    public long Position => row.Position;

    public ValueGetter<T> GetGetter<T>(DataViewSchema.Column column) => row.GetGetter<T>(column);
}
