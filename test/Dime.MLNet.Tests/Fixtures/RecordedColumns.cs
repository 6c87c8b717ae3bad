using System.Collections.Concurrent;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>Hands on a data view, in one cursor, and notes which columns are asked for.</summary>
internal sealed class RecordedColumns(IDataView source) : IDataView
{
    private readonly ConcurrentQueue<string[]> _requests = [];

    /// <summary>The column names asked for, one entry per cursor.</summary>
    public IReadOnlyList<string[]> Requests => [.. _requests];

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        _requests.Enqueue([.. columns.Select(column => column.Name)]);
        return source.GetRowCursor(columns, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
