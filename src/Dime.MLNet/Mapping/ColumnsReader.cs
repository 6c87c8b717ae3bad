using Microsoft.ML;

namespace Dime.MLNet.Mapping;

/// <summary>Reads the current row's vectors of several columns side by side.</summary>
internal sealed class ColumnsReader
{
    private readonly ColumnReader<float>[] _columns;

    public ColumnsReader(IColumnSource source, IReadOnlyList<DataViewSchema.Column> columns)
    {
        _columns = [.. columns.Select(column => new ColumnReader<float>(source, column))];
        Width = columns.Sum(FeatureColumn.Dimension);
    }

    /// <summary>The values of a row.</summary>
    public int Width { get; }

    /// <exception cref="InvalidOperationException">The row has another number of values than a column's type says.</exception>
    public void Read(Span<float> row)
    {
        foreach (ColumnReader<float> column in _columns)
        {
            ReadOnlySpan<float> values = column.Read();
            values.CopyTo(row);
            row = row[values.Length..];
        }
    }
}
