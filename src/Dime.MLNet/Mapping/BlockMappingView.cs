using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Mapping;

/// <summary>
/// A data view with the columns of a mapper appended, whose cursors map blocks of rows. Rows with values that cannot be
/// kept until their block is full, such as images, are mapped one by one instead.
/// </summary>
internal sealed class BlockMappingView : IDataView
{
    private readonly IDataView _input;
    private readonly IBlockMapper _mapper;
    private readonly ColumnBindings _bindings;
    private readonly IDataView _rowByRow;

    public BlockMappingView(IHost host, IDataView input, IBlockMapper mapper, Func<DataViewSchema, IRowMapper> bind)
    {
        _input = input;
        _mapper = mapper;
        _bindings = new ColumnBindings(input.Schema, mapper.GetOutputColumns());
        _rowByRow = new RowToRowMapperTransform(host, input, mapper, bind);
    }

    public bool CanShuffle => _input.CanShuffle;

    public DataViewSchema Schema => _rowByRow.Schema;

    public long? GetRowCount() => _input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = ActiveColumns(columnsNeeded);
        return CanMapBlocks(active)
            ? MapBlocks(_input.GetRowCursor(InputColumns(active), rand), active)
            : _rowByRow.GetRowCursor(columnsNeeded, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        bool[] active = ActiveColumns(columnsNeeded);
        return CanMapBlocks(active)
            ? [.. _input.GetRowCursorSet(InputColumns(active), n, rand).Select(cursor => MapBlocks(cursor, active))]
            : _rowByRow.GetRowCursorSet(columnsNeeded, n, rand);
    }

    private bool[] ActiveColumns(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            active[column.Index] = true;
        }

        return active;
    }

    private bool CanMapBlocks(bool[] active) =>
        _bindings.AddedColumnIndices.Any(index => active[index])
        && DataViewUtils.AllCacheable(HandedOn(active));

    private IEnumerable<DataViewSchema.Column> HandedOn(bool[] active)
    {
        bool[] input = _bindings.GetActiveInput(index => active[index]);
        return _input.Schema.Where(column => input[column.Index]);
    }

    private List<DataViewSchema.Column> InputColumns(bool[] active)
    {
        bool[] handedOn = _bindings.GetActiveInput(index => active[index]);
        Func<int, bool> needed = _mapper.GetDependencies(output => active[_bindings.AddedColumnIndices[output]]);
        return [.. _input.Schema.Where(column => handedOn[column.Index] || needed(column.Index))];
    }

    private BlockMappingCursor MapBlocks(DataViewRowCursor input, bool[] active) =>
        new(input, Schema, _bindings, _mapper, active, HandedOn(active), GetRowCount());
}
