using System.Collections.Immutable;

namespace Dime.MLNet.Detection.Training;

/// <summary>
/// Of all rows that are offered those with the smallest keys, up to a number. So neither their order counts, nor whether they came
/// one by one or in samples that were merged. Rows lie side by side in blocks and are copied in, so that a sample is a few
/// objects whatever its number of rows.
/// </summary>
internal sealed class RowSample(int maxRows, int width)
{
    // The kept row with the largest key stands first: it is the next to go.
    private readonly PriorityQueue<SampledRow, RowKey> _largestFirst = new(Comparer<RowKey>.Create((a, b) => b.CompareTo(a)));
    private readonly RowMemory _memory = new(width);
    private ImmutableArray<SampledRow> _inOrder;

    public int Count => _largestFirst.Count;

    /// <summary>The rows in the order of their keys.</summary>
    public ImmutableArray<SampledRow> Rows
    {
        get
        {
            if (_inOrder.IsDefault)
            {
                _inOrder = _largestFirst.UnorderedItems.Select(item => item.Element).ToImmutableArray().Sort(static (a, b) => a.Key.CompareTo(b.Key));
            }

            return _inOrder;
        }
    }

    public bool Keeps(RowKey key) => Count < maxRows || (_largestFirst.TryPeek(out _, out RowKey largest) && key.CompareTo(largest) < 0);

    /// <summary>Keeps a copy of a row that <see cref="Keeps"/> has room for.</summary>
    /// <returns>The row that goes for it, or none while there is room. Its values may be used until the next row is kept.</returns>
    public SampledRow? Keep(RowKey key, ReadOnlySpan<float> values, RowFacts facts)
    {
        _inOrder = default;
        var row = new SampledRow(key, _memory.CopyOf(values), facts);
        if (Count < maxRows)
        {
            _largestFirst.Enqueue(row, key);
            return null;
        }

        SampledRow last = _largestFirst.DequeueEnqueue(row, key);
        _memory.Release(last.Values);
        return last;
    }

    /// <summary>Takes a row over, with the memory of its values; there must be room.</summary>
    public void Adopt(SampledRow row)
    {
        _inOrder = default;
        _largestFirst.Enqueue(row, row.Key);
    }

    /// <summary>Keeps copies of the rows of another sample, which stays as it is.</summary>
    /// <param name="other">The other sample.</param>
    /// <param name="factsHere">What the facts of its rows are in this one.</param>
    /// <returns>The rows of both that do not stay, in the order of their keys. Their values may be used until the next merge.</returns>
    public SampledRow[] Merge(RowSample other, Func<RowFacts, RowFacts> factsHere)
    {
        ImmutableArray<SampledRow> own = Rows, others = other.Rows;
        var staying = new List<SampledRow>(Math.Min(maxRows, own.Length + others.Length));
        var leaving = new List<SampledRow>(own.Length + others.Length - staying.Capacity);
        int i = 0, j = 0;
        while (i < own.Length || j < others.Length)
        {
            bool isOwn = j == others.Length || (i < own.Length && own[i].Key.CompareTo(others[j].Key) <= 0);
            SampledRow row = isOwn ? own[i++] : others[j] with { Facts = factsHere(others[j++].Facts) };
            if (staying.Count == maxRows)
            {
                leaving.Add(row);
                if (isOwn)
                {
                    _memory.Release(row.Values);
                }
            }
            else
            {
                staying.Add(isOwn ? row : row with { Values = _memory.CopyOf(row.Values.Span) });
            }
        }

        // No row comes in behind the first that leaves, so what they leave is written over by the next merge at the earliest.
        _largestFirst.Clear();
        _largestFirst.EnqueueRange(staying.Select(row => (row, row.Key)));
        _inOrder = [.. staying];
        return [.. leaving];
    }
}

/// <summary>A row of a sample.</summary>
/// <param name="Key">Its place in the order of all rows.</param>
/// <param name="Values">The values of all columns.</param>
/// <param name="Facts">What a fit must know beside them.</param>
internal readonly record struct SampledRow(RowKey Key, Memory<float> Values, RowFacts Facts);

/// <summary>What a fit must know of a row beside its embeddings.</summary>
/// <param name="Weight">Its weight.</param>
/// <param name="Class">The number of its class.</param>
internal readonly record struct RowFacts(float Weight, int Class)
{
    /// <summary>Of a row without a weight and a class of its own.</summary>
    public static RowFacts Plain { get; } = new(1, 0);
}
