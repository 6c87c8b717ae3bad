using Microsoft.ML;

namespace Dime.MLNet.Mapping;

/// <summary>Where a block reads: a row, or a cursor that shares its columns with those who want them handed on.</summary>
internal interface IColumnSource
{
    /// <summary>The position of the row that is being read.</summary>
    long Position { get; }

    ValueGetter<T> GetGetter<T>(DataViewSchema.Column column);
}

/// <summary>A row, or the row a cursor stands on, as a source.</summary>
internal sealed class RowSource(DataViewRow row) : IColumnSource
{
    public long Position => row.Position;

    public ValueGetter<T> GetGetter<T>(DataViewSchema.Column column) => row.GetGetter<T>(column);
}
