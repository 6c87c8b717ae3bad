using Microsoft.ML;

namespace Dime.Server.Models;

/// <summary>
/// Rows whose stages before are read by the thread that reads the rows. ML.NET gives each stage threads of its own, which take longer to start than a
/// batch takes, unless a column is wanted whose values cannot be kept: so the images of the batch are wanted too, and left where they are.
/// </summary>
internal sealed class OneThreadView : IDataView
{
    private readonly IDataView _rows;
    private readonly DataViewSchema.Column _images;

    private OneThreadView(IDataView rows, DataViewSchema.Column images)
    {
        _rows = rows;
        _images = images;
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _rows.Schema;

    /// <returns>The rows as they are where a stage has dropped the images of the batch.</returns>
    public static IDataView Of(IDataView rows) =>
        rows.Schema.GetColumnOrNull(BatchView.ImageColumn) is { } images ? new OneThreadView(rows, images) : rows;

    public long? GetRowCount() => _rows.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        _rows.GetRowCursor(columnsNeeded.Append(_images).DistinctBy(column => column.Index), rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
