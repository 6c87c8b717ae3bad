using Microsoft.ML;

namespace Dime.MLNet.Tests.Evaluation;

/// <summary>Hands on a data view and notes which columns were asked of each cursor.</summary>
internal sealed class ColumnRecordingDataView(IDataView source) : IDataView
{
    private readonly List<string[]> _requests = [];

    /// <summary>The column names asked for, one entry per cursor.</summary>
    public IReadOnlyList<string[]> Requests => _requests;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        _requests.Add([.. columns.Select(c => c.Name)]);
        return source.GetRowCursor(columns, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        throw new NotSupportedException("Only ordered cursors are recorded.");
}
