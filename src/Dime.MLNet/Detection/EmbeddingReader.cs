using System.Runtime.ExceptionServices;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Detection;

/// <summary>
/// Reads embeddings in order and in blocks. ML.NET evaluates what stands before the one cursor on several threads and
/// keeps the order; the blocks let the kernels use them too. Once it has thrown, it holds no rows and throws that again.
/// </summary>
internal sealed class EmbeddingReader : IDisposable
{
    // A megabyte of values: far more than the kernels need, far less than the P² of a fit.
    private const int BlockValues = 1 << 18;

    private readonly DataViewRowCursor _cursor;
    private readonly LocatedCursor _located;
    private readonly ColumnReader<float> _features;
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private readonly ValueGetter<float>? _weightGetter;
    private readonly string? _weightColumnName;
    private readonly float[] _rows;
    private readonly float[] _weights;
    private readonly DataViewRowId[] _ids;
    private ExceptionDispatchInfo? _failure;

    /// <param name="data">What to read.</param>
    /// <param name="features">Its column of embeddings.</param>
    /// <param name="weight">Its column of weights, or null for 1 everywhere.</param>
    public EmbeddingReader(IDataView data, DataViewSchema.Column features, DataViewSchema.Column? weight)
    {
        Dimension = FeatureColumn.Dimension(features);
        int capacity = Math.Max(64, BlockValues / Dimension);
        _rows = new float[capacity * Dimension];
        _ids = new DataViewRowId[capacity];
        _weights = weight is null ? [] : new float[capacity];
        _weightColumnName = weight?.Name;

        _cursor = data.GetRowCursor(weight is null ? [features] : [features, weight.Value]);
        _located = new LocatedCursor(_cursor);
        _features = new ColumnReader<float>(_located, features);
        _idGetter = _cursor.GetIdGetter();
        _weightGetter = weight is null ? null : _located.GetGetter<float>(weight.Value);
    }

    public int Dimension { get; }

    /// <summary>The number of rows in the block.</summary>
    public int Count { get; private set; }

    public Span<float> Rows => _rows.AsSpan(0, Count * Dimension);

    public bool HasWeights => _weightGetter is not null;

    /// <summary>Empty where there is no column of weights.</summary>
    public Span<float> Weights => HasWeights ? _weights.AsSpan(0, Count) : [];

    public ReadOnlySpan<DataViewRowId> Ids => _ids.AsSpan(0, Count);

    /// <summary>Reads the next block; false where no row is left.</summary>
    /// <exception cref="InvalidOperationException">A row cannot be read, or its weight is negative or not finite; the message names it.</exception>
    public bool MoveNext()
    {
        _failure?.Throw();
        try
        {
            ReadBlock();
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            Count = 0;
            throw;
        }

        return Count > 0;
    }

    public void Dispose() => _cursor.Dispose();

    private void ReadBlock()
    {
        Count = 0;
        while (Count < _ids.Length && _located.MoveNext())
        {
            _features.Read().CopyTo(_rows.AsSpan(Count * Dimension, Dimension));
            _idGetter(ref _ids[Count]);
            ReadWeight();
            Count++;
        }
    }

    private void ReadWeight()
    {
        if (_weightGetter is null)
        {
            return;
        }

        ref float weight = ref _weights[Count];
        _weightGetter(ref weight);
        if (!float.IsFinite(weight) || weight < 0)
        {
            throw new InvalidOperationException(
                $"The weight in column '{_weightColumnName}' at row {_cursor.Position} is {weight}; weights must be finite and not negative.");
        }
    }
}
