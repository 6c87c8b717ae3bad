namespace Dime.MLNet.Detection.Training;

/// <summary>
/// Of all rows that are offered those with the smallest keys, up to a number. So neither their order counts, nor whether they came
/// one by one or in samples that were merged.
/// </summary>
internal sealed class RowSample(int maxRows)
{
    // The kept row with the largest key stands first: it is the next to go.
    private readonly PriorityQueue<SampledRow, RowKey> _largestFirst = new(Comparer<RowKey>.Create((a, b) => b.CompareTo(a)));

    public int Count => _largestFirst.Count;

    /// <summary>The rows in the order of their keys.</summary>
    public SampledRow[] Rows => InOrder(_largestFirst.UnorderedItems.Select(item => item.Element));

    public bool Keeps(RowKey key) => Count < maxRows || (_largestFirst.TryPeek(out _, out RowKey largest) && key.CompareTo(largest) < 0);

    /// <summary>Keeps a row, unless there are enough before it.</summary>
    /// <returns>The row that does not stay: the one with the largest key, or none while there is room.</returns>
    public SampledRow? Keep(SampledRow row)
    {
        if (Count < maxRows)
        {
            _largestFirst.Enqueue(row, row.Key);
            return null;
        }

        return Keeps(row.Key) ? _largestFirst.DequeueEnqueue(row, row.Key) : row;
    }

    /// <summary>Keeps the rows of another sample.</summary>
    /// <returns>Those of both that do not stay, in the order of their keys.</returns>
    public SampledRow[] Merge(IEnumerable<SampledRow> others) => InOrder(others.Select(Keep).OfType<SampledRow>());

    private static SampledRow[] InOrder(IEnumerable<SampledRow> rows)
    {
        SampledRow[] ordered = [.. rows];
        Array.Sort(ordered, static (a, b) => a.Key.CompareTo(b.Key));
        return ordered;
    }
}

/// <summary>A row of a sample.</summary>
/// <param name="Key">Its place in the order of all rows.</param>
/// <param name="Values">The values of all columns; never changed.</param>
/// <param name="Facts">What a fit must know beside them.</param>
internal sealed record SampledRow(RowKey Key, float[] Values, RowFacts Facts);

/// <summary>What a fit must know of a row beside its embeddings.</summary>
/// <param name="Weight">Its weight.</param>
/// <param name="Class">The number of its class.</param>
internal readonly record struct RowFacts(float Weight, int Class)
{
    /// <summary>Of a row without a weight and a class of its own.</summary>
    public static RowFacts Plain { get; } = new(1, 0);
}
