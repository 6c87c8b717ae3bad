using System.Collections;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>Rows that count how often they are enumerated and how many were handed out.</summary>
internal sealed class CountedRows<T>(IEnumerable<T> rows) : IEnumerable<T>
{
    private int _enumerations;
    private int _handedOut;

    public int Enumerations => _enumerations;

    public int HandedOut => _handedOut;

    public IEnumerator<T> GetEnumerator()
    {
        Interlocked.Increment(ref _enumerations);
        foreach (T row in rows)
        {
            Interlocked.Increment(ref _handedOut);
            yield return row;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
