using Microsoft.ML;

namespace Dime.MLNet.Mapping;

/// <summary>Where a block reads: a row, or a cursor that shares its columns with those who want them handed on.</summary>
internal interface IColumnSource
{
    /// <summary>The position of the row that is being read.</summary>
    long Position { get; }

    ValueGetter<T> GetGetter<T>(DataViewSchema.Column column);
}
