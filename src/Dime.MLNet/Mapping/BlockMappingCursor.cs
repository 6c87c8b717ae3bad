using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>
/// Reads a block of rows from its input, maps them together, and hands them on one by one. Each value of the input is read
/// once, whether it is mapped, handed on, or both. Once it has thrown, it throws that again whatever is asked of it.
/// </summary>
internal sealed class BlockMappingCursor : DataViewRowCursor, IColumnSource
{
    // The first block is small, for those who want the first rows only; the largest gives all cores some work.
    private const int FirstBlockRows = 16;
    private const int LargestBlockRows = 1024;
    private const long LargestBlockBytes = 1 << 22;

    private readonly DataViewRowCursor _input;
    private readonly LocatedCursor _rows;
    private readonly ColumnBindings _bindings;
    private readonly bool[] _active;
    private readonly Dictionary<int, KeptColumn> _kept;
    private readonly KeptColumn[] _keptInOrder;
    private readonly IMappedBlock _block;
    private readonly Delegate?[] _mapped;
    private readonly ValueGetter<DataViewRowId> _inputId;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private int _count;
    private int _slot = -1;
    private int _wanted;
    private long _position = -1;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;

    public BlockMappingCursor(
        DataViewRowCursor input,
        DataViewSchema schema,
        ColumnBindings bindings,
        IBlockMapper mapper,
        bool[] active,
        IEnumerable<DataViewSchema.Column> handedOn,
        long? rowCount)
    {
        _input = input;
        _rows = new LocatedCursor(input);
        _bindings = bindings;
        _active = active;
        Schema = schema;

        DataViewSchema.Column[] columns = [.. handedOn];
        long rowBytes = Math.Max(1, bindings.InputSchema.Where(input.IsColumnActive).Sum(column => KeptColumn.BytesOf(column.Type)));
        int capacity = mapper.PreferredBlockRows ?? (int)Math.Clamp(LargestBlockBytes / rowBytes, 1, LargestBlockRows);
        if (rowCount <= capacity)
        {
            // All of them at once, and room for no more.
            capacity = _wanted = (int)Math.Max(Math.Max(rowCount.Value, mapper.LeastBlockRows), 1);
        }
        else
        {
            _wanted = Math.Min(Math.Max(FirstBlockRows, mapper.LeastBlockRows), capacity);
        }

        _ids = new DataViewRowId[capacity];
        _batches = new long[capacity];
        _inputId = input.GetIdGetter();
        _kept = columns.ToDictionary(column => column.Index, column => KeptColumn.Create(_rows, column, capacity, Slot));
        _keptInOrder = [.. _kept.Values];

        IReadOnlyList<int> added = bindings.AddedColumnIndices;
        _block = mapper.CreateBlock(this, output => active[added[output]], capacity);
        _mapped = [.. added.Select((column, output) => active[column] ? _block.GetterOf(output, Slot) : null)];
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _batches[Slot()];

    public override bool MoveNext()
    {
        _failure?.Throw();
        _slot++;
        if (_slot >= _count && !_ended)
        {
            FillBlock();
            _ended = _count == 0;
        }

        _position = _ended ? -1 : _position + 1;
        return !_ended;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[Slot()];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active[column.Index])
        {
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was made.");
        }

        int index = _bindings.MapColumnIndex(out bool isInput, column.Index);
        Delegate getter = isInput ? _kept[index].Getter : _mapped[index]!;
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' is of type {column.Type}, not of {typeof(TValue)}.");
    }

    /// <summary>For the mapper: the input's own position, not that of the row being handed on.</summary>
    long IColumnSource.Position => _input.Position;

    /// <summary>For the mapper: the input's value, or the copy of it that is to be handed on.</summary>
    ValueGetter<T> IColumnSource.GetGetter<T>(DataViewSchema.Column column) =>
        _kept.TryGetValue(column.Index, out KeptColumn? kept) ? (ValueGetter<T>)kept.LastRead : _rows.GetGetter<T>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Slot()
    {
        _failure?.Throw();
        return _position >= 0
            ? _slot
            : throw new InvalidOperationException("The cursor stands on no row: call MoveNext first, and stop where it returns false.");
    }

    private void FillBlock()
    {
        try
        {
            ReadBlock();
        }
        catch (Exception exception)
        {
            // Some slots may hold rows of this block by now, and others still those of the one before.
            _failure = ExceptionDispatchInfo.Capture(exception);
            _position = -1;
            throw;
        }
    }

    private void ReadBlock()
    {
        _count = 0;
        _slot = 0;
        while (_count < _wanted && _rows.MoveNext())
        {
            _inputId(ref _ids[_count]);
            _batches[_count] = _input.Batch;
            foreach (KeptColumn column in _keptInOrder)
            {
                column.Read(_count);
            }

            _block.Read(_count);
            _count++;
        }

        if (_count > 0)
        {
            _block.Compute(_count);
        }

        _wanted = Math.Min(_wanted * 2, _ids.Length);
    }
}
