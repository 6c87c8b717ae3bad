using Microsoft.ML.Data;

namespace Dime.MLNet.Detection.Training;

/// <summary>
/// Draws rows for calibration in one pass and bounded memory: a row is a candidate where the hash of its key falls into the
/// share, and of the candidates those with the smallest keys are kept. So the choice depends neither on the order of the
/// rows nor on the machine.
/// </summary>
internal sealed class RowDraw(RowSample sample, double share, int seed, string source)
{
    private readonly RowKeys _keys = new(seed, source);
    private readonly ulong _limit = LimitOf(share);

    /// <summary>The largest hash of a candidate.</summary>
    public static ulong LimitOf(double share) => share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);

    /// <summary>Keeps a copy of the row if it is drawn.</summary>
    public void Offer(DataViewRowId id, ReadOnlySpan<float> row)
    {
        RowKey key = _keys.Of(id);
        if (IsDrawn(key))
        {
            sample.Keep(key, row, RowFacts.Plain);
        }
    }

    /// <summary>
    /// Takes the row away if it is drawn. What it pushes out takes its place in <paramref name="row"/> and
    /// <paramref name="facts"/>.
    /// </summary>
    /// <returns>Whether the row is gone and nothing came in its place.</returns>
    public bool Hold(DataViewRowId id, Span<float> row, ref RowFacts facts)
    {
        RowKey key = _keys.Of(id);
        if (!IsDrawn(key))
        {
            return false;
        }

        if (sample.Keep(key, row, facts) is not { } leaving)
        {
            return true;
        }

        leaving.Values.Span.CopyTo(row);
        facts = leaving.Facts;
        return false;
    }

    private bool IsDrawn(RowKey key) => key.Hash <= _limit && sample.Keeps(key);
}
