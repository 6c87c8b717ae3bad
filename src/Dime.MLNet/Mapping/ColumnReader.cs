using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>Reads the current row's vector, dense or sparse; a scalar is a vector of one value.</summary>
/// <typeparam name="T">The type of the values, which is the raw type of the column's items.</typeparam>
internal sealed class ColumnReader<T>
    where T : unmanaged
{
    private readonly IColumnSource _source;
    private readonly DataViewSchema.Column _column;
    private readonly ValueGetter<VBuffer<T>>? _vector;
    private readonly ValueGetter<T>? _scalar;
    private readonly T[] _dense;
    private VBuffer<T> _buffer;

    /// <param name="source">Gives the row's values.</param>
    /// <param name="column">The column to read: a known-size vector, or a scalar.</param>
    public ColumnReader(IColumnSource source, DataViewSchema.Column column)
    {
        _source = source;
        _column = column;
        if (column.Type is VectorDataViewType vector)
        {
            _vector = source.GetGetter<VBuffer<T>>(column);
            _dense = new T[vector.Size];
        }
        else
        {
            _scalar = source.GetGetter<T>(column);
            _dense = new T[1];
        }
    }

    /// <summary>The values, good until the next call.</summary>
    /// <exception cref="InvalidOperationException">The row has another number of values than its column's type says.</exception>
    public ReadOnlySpan<T> Read()
    {
        if (_scalar is not null)
        {
            _scalar(ref _dense[0]);
            return _dense;
        }

        _vector!(ref _buffer);
        if (_buffer.Length != _dense.Length)
        {
            throw new RowException(
                $"Column '{_column.Name}' has {_buffer.Length} values at row {_source.Position} (counted from 0); by its type all rows have {_dense.Length}.");
        }

        if (_buffer.IsDense)
        {
            return _buffer.GetValues();
        }

        _buffer.CopyTo(_dense);
        return _dense;
    }
}
