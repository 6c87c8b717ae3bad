using Microsoft.ML.Data;

namespace Dime.MLNet.Detection;

/// <summary>
/// Draws rows for calibration in one pass and bounded memory: a row is a candidate where a hash of its id and the seed
/// falls into the share, and of the candidates those with the smallest hashes are kept. So the choice depends neither on
/// the order of the rows nor on the machine.
/// </summary>
internal sealed class RowSample(double share, int maxRows, int seed)
{
    private readonly ulong _limit = share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);
    private readonly List<Draw> _draws = [];

    // The kept row with the largest hash stands first: it is the next to go.
    private readonly PriorityQueue<int, ulong> _largestFirst = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    public int Count => _draws.Count;

    public IEnumerable<float[]> Rows => _draws.Select(draw => draw.Row);

    /// <summary>Keeps a copy of the row if it is drawn.</summary>
    public void Offer(DataViewRowId id, ReadOnlySpan<float> row) => TryDraw(id, row, default, out _);

    /// <summary>
    /// Takes the row away if it is drawn. What it pushes out takes its place in <paramref name="row"/> and
    /// <paramref name="facts"/>.
    /// </summary>
    /// <returns>Whether the row is gone and nothing came in its place.</returns>
    public bool Hold(DataViewRowId id, Span<float> row, ref RowFacts facts)
    {
        if (!TryDraw(id, row, facts, out Draw? evicted))
        {
            return false;
        }

        if (evicted is null)
        {
            return true;
        }

        evicted.Row.CopyTo(row);
        facts = evicted.Facts;
        return false;
    }

    private bool TryDraw(DataViewRowId id, ReadOnlySpan<float> row, RowFacts facts, out Draw? evicted)
    {
        evicted = null;
        ulong hash = Hash(id);
        if (hash > _limit)
        {
            return false;
        }

        if (_draws.Count < maxRows)
        {
            _largestFirst.Enqueue(_draws.Count, hash);
            _draws.Add(new Draw(row.ToArray(), facts));
            return true;
        }

        if (!_largestFirst.TryPeek(out int slot, out ulong largest) || hash >= largest)
        {
            return false;
        }

        _largestFirst.DequeueEnqueue(slot, hash);
        evicted = _draws[slot];
        _draws[slot] = new Draw(row.ToArray(), facts);
        return true;
    }

    // The finaliser of the SplitMix64 generator, once for each word that enters.
    private ulong Hash(DataViewRowId id) => Mix(Mix(Mix((ulong)(uint)seed) ^ id.Low) ^ id.High);

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private sealed record Draw(float[] Row, RowFacts Facts);
}

/// <summary>What a fit must know of a row beside its embeddings.</summary>
/// <param name="Weight">Its weight.</param>
/// <param name="Class">The number of its class.</param>
internal readonly record struct RowFacts(float Weight, int Class);
