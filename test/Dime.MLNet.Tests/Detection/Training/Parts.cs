using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection.Training;

/// <summary>Training data in parts of random sizes, and which of their rows are held out by a computation of its own.</summary>
internal sealed class Parts<TRow>
    where TRow : class, new()
{
    private readonly (string Name, List<TRow> Rows)[] _parts;

    public Parts(IReadOnlyList<TRow> rows, int count, int seed, IEnumerable<int>? cuts = null)
    {
        var random = new Random(seed);
        int[] ends = [0, .. (cuts ?? Enumerable.Range(1, count - 1).Select(_ => random.Next(rows.Count + 1))).Order(), rows.Count];
        _parts = [.. Enumerable.Range(0, count).Select(i => ($"part-{i:000}.parquet", rows.Skip(ends[i]).Take(ends[i + 1] - ends[i]).ToList()))];
    }

    public IReadOnlyList<string> Names => [.. _parts.Select(part => part.Name)];

    public IReadOnlyList<TRow> this[int part] => _parts[part].Rows;

    /// <summary>The sums of each part, in the order of their names.</summary>
    public List<TSums> Accumulate<TSums>(MLContext mlContext, Func<IDataView, AccumulationOptions, TSums> accumulate) =>
        [.. _parts.Select(part => accumulate(mlContext.Data.LoadFromEnumerable(part.Rows), new AccumulationOptions { Source = part.Name }))];

    /// <summary>The rows that are held out of all parts, the smallest hashes first; ids of rows in memory are their places.</summary>
    public List<TRow> HeldOut(int seed, double share, int maxRows) =>
    [
        .. (from part in _parts
            from row in part.Rows.Select((row, place) => (Row: row, Hash: Hash(seed, part.Name, (ulong)place)))
            where row.Hash <= share * ulong.MaxValue
            orderby row.Hash
            select row.Row).Take(maxRows),
    ];

    public static ulong Hash(int seed, string source, ulong row)
    {
        ulong start = SplitMix((ulong)seed);
        if (source.Length > 0)
        {
            start = SplitMix(start ^ BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(source)), 0));
        }

        return SplitMix(SplitMix(start ^ row));
    }

    // The published generator's next value after the state x.
    private static ulong SplitMix(ulong x)
    {
        ulong z = unchecked(x + 0x9e3779b97f4a7c15UL);
        z = unchecked((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94d049bb133111ebUL);
        return z ^ (z >> 31);
    }
}

/// <summary>Orders in which parts may come.</summary>
internal static class Orders
{
    public static List<T> Shuffled<T>(IEnumerable<T> items, int seed)
    {
        T[] shuffled = [.. items];
        new Random(seed).Shuffle(shuffled);
        return [.. shuffled];
    }

    public static byte[] BytesOf(DetectorSums sums)
    {
        using var stream = new MemoryStream();
        sums.Save(stream);
        return stream.ToArray();
    }

    public static TSums Reloaded<TSums>(TSums sums)
        where TSums : DetectorSums => (TSums)DetectorSums.Load(new MemoryStream(BytesOf(sums)));
}
