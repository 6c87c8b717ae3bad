using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Data;

namespace Dime.MLNet.Detection.Training;

/// <summary>The place of a row in the order of those that may be drawn: by a hash, and where hashes are equal by its source and its id.</summary>
internal readonly record struct RowKey(ulong Hash, string Source, ulong High, ulong Low) : IComparable<RowKey>
{
    public int CompareTo(RowKey other)
    {
        int order = Hash.CompareTo(other.Hash);
        order = order != 0 ? order : string.CompareOrdinal(Source, other.Source);
        order = order != 0 ? order : High.CompareTo(other.High);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }
}

/// <summary>Keys of the rows of one source: the same for a seed, the name of the source and the id of a row, on any machine.</summary>
internal sealed class RowKeys
{
    private readonly string _source;
    private readonly ulong _start;

    /// <param name="seed">Another seed, another order.</param>
    /// <param name="source">The name of what the rows come from, in which ids are unique; empty where there is nothing else.</param>
    public RowKeys(int seed, string source)
    {
        _source = source;
        _start = Mix((ulong)(uint)seed);
        if (source.Length > 0)
        {
            _start = Mix(_start ^ BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(source))));
        }
    }

    public RowKey Of(DataViewRowId id) => new(Mix(Mix(_start ^ id.Low) ^ id.High), _source, id.High, id.Low);

    // The finaliser of the SplitMix64 generator, once for each word that enters.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
