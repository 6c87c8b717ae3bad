using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Pipeline;

/// <summary>Reads the vector of the current row, dense or sparse.</summary>
/// <param name="source">Gives the row's values.</param>
/// <param name="column">The column to read: a known-size vector of Single.</param>
internal sealed class FeatureReader(IColumnSource source, DataViewSchema.Column column)
{
    private readonly ValueGetter<VBuffer<float>> _getter = source.GetGetter<VBuffer<float>>(column);
    private readonly float[] _dense = new float[FeatureColumn.Dimension(column)];
    private VBuffer<float> _buffer;

    /// <summary>The values, good until the next call.</summary>
    /// <exception cref="InvalidOperationException">The row has another number of values than its column's type says.</exception>
    public ReadOnlySpan<float> Read()
    {
        _getter(ref _buffer);
        if (_buffer.Length != _dense.Length)
        {
            throw new InvalidOperationException(
                $"Column '{column.Name}' has {_buffer.Length} values at row {source.Position}; by its type all rows have {_dense.Length}.");
        }

        if (_buffer.IsDense)
        {
            return _buffer.GetValues();
        }

        _buffer.CopyTo(_dense);
        return _dense;
    }
}
