using System.Globalization;
using System.Runtime.ExceptionServices;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Detection.Training;

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
    private readonly ColumnsReader _features;
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private readonly ValueGetter<float>? _weightGetter;
    private readonly string? _weightColumnName;
    private readonly float[] _rows;
    private readonly float[] _weights;
    private readonly DataViewRowId[] _ids;
    private readonly Func<int>? _class;
    private readonly int[] _classes;
    private ExceptionDispatchInfo? _failure;

    /// <param name="data">What to read.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="classNumber">The number of a class by its name; null where there is no column of classes.</param>
    public EmbeddingReader(IDataView data, InputColumns columns, Func<string, int>? classNumber = null)
    {
        _cursor = data.GetRowCursor(columns.All);
        _located = new LocatedCursor(_cursor);
        _features = new ColumnsReader(_located, columns.Features);
        _idGetter = _cursor.GetIdGetter();
        _weightColumnName = columns.Weight?.Name;
        _weightGetter = columns.Weight is { } weight ? _located.GetGetter<float>(weight) : null;
        _class = columns.Class is { } classes && classNumber is not null ? ClassColumn.Reader(_located, classes, classNumber) : null;

        int capacity = Math.Max(64, BlockValues / Width);
        _rows = new float[capacity * Width];
        _ids = new DataViewRowId[capacity];
        _weights = HasWeights ? new float[capacity] : [];
        _classes = HasClasses ? new int[capacity] : [];
    }

    /// <summary>The values of a row.</summary>
    public int Width => _features.Width;

    /// <summary>The number of rows in the block.</summary>
    public int Count { get; private set; }

    public Span<float> Rows => _rows.AsSpan(0, Count * Width);

    public bool HasWeights => _weightGetter is not null;

    /// <summary>Empty where there is no column of weights.</summary>
    public Span<float> Weights => HasWeights ? _weights.AsSpan(0, Count) : [];

    public bool HasClasses => _class is not null;

    /// <summary>Empty where there is no column of classes.</summary>
    public Span<int> Classes => HasClasses ? _classes.AsSpan(0, Count) : [];

    public ReadOnlySpan<DataViewRowId> Ids => _ids.AsSpan(0, Count);

    /// <summary>Puts a row of the block with all that belongs to it into the place of another.</summary>
    public void Move(int from, int to)
    {
        Rows.Slice(from * Width, Width).CopyTo(Rows[(to * Width)..]);
        _ids[to] = _ids[from];
        if (HasWeights)
        {
            _weights[to] = _weights[from];
        }

        if (HasClasses)
        {
            _classes[to] = _classes[from];
        }
    }

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
            _features.Read(_rows.AsSpan(Count * Width, Width));
            _idGetter(ref _ids[Count]);
            ReadWeight();
            if (_class is not null)
            {
                _classes[Count] = _class();
            }

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
                string.Create(CultureInfo.InvariantCulture, $"The weight in column '{_weightColumnName}' at row {_cursor.Position} is {weight}; weights must be finite and not negative."));
        }
    }
}
