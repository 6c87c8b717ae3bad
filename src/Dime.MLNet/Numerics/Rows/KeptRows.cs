namespace Dime.MLNet.Numerics.Rows;

/// <summary>Rows as they were added, in their order, and their weights.</summary>
internal sealed class KeptRows
{
    // A megabyte at a time: little is left over at the end, and nothing is ever copied again.
    private const int ChunkLength = 1 << 18;

    private readonly List<float[]> _chunks = [];
    private readonly int _chunkRows;
    private List<float>? _weights;

    public KeptRows(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        _chunkRows = Math.Clamp(ChunkLength / dimension, 1, dimension);
    }

    public int Dimension { get; }

    public int Count { get; private set; }

    public double WeightSum { get; private set; }

    /// <summary>Gets whether a weight was ever given.</summary>
    public bool IsWeighted => _weights is not null;

    public ReadOnlySpan<float> this[int row] => _chunks[row / _chunkRows].AsSpan(row % _chunkRows * Dimension, Dimension);

    public float Weight(int row) => _weights?[row] ?? 1;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">count × dimension elements, row-major.</param>
    /// <param name="weights">One weight per row, finite and not negative; or empty where all are 1.</param>
    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        int count = rows.Length / Dimension;
        if (!weights.IsEmpty && _weights is null)
        {
            _weights = [.. Enumerable.Repeat(1f, Count)];
        }

        for (int i = 0; i < count; i++)
        {
            float weight = weights.IsEmpty ? 1 : weights[i];
            _weights?.Add(weight);
            WeightSum += weight;
        }

        for (int first = 0; first < count;)
        {
            int start = Count % _chunkRows;
            if (start == 0)
            {
                _chunks.Add(GC.AllocateUninitializedArray<float>(_chunkRows * Dimension));
            }

            int taken = Math.Min(count - first, _chunkRows - start);
            rows.Slice(first * Dimension, taken * Dimension).CopyTo(_chunks[^1].AsSpan(start * Dimension));
            first += taken;
            Count += taken;
        }
    }

    /// <summary>Gives away the rows in their order, a block after the other.</summary>
    /// <param name="take">Receives rows, and their weights or none.</param>
    public void CopyTo(RowTaker take)
    {
        // The end is that of now: a taker may be what these rows are added to.
        int count = Count;
        for (int first = 0; first < count; first += _chunkRows)
        {
            int taken = Math.Min(_chunkRows, count - first);
            take(
                _chunks[first / _chunkRows].AsSpan(0, taken * Dimension),
                _weights is null ? [] : [.. _weights.GetRange(first, taken)]);
        }
    }

    public delegate void RowTaker(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights);
}
