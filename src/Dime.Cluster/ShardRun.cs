using System.Security.Cryptography;
using Dime.MLNet;

namespace Dime.Cluster;

/// <summary>What came of a plan.</summary>
/// <param name="Parts">The sums of the shards, in the order in which they are merged.</param>
/// <param name="Unreadable">The shards that were left out because they cannot be read.</param>
public sealed record ShardRun(IReadOnlyList<ShardPart> Parts, IReadOnlyList<ShardFailure> Unreadable)
{
    /// <summary>Merges the parts in their order, which gives the same bits each time.</summary>
    /// <typeparam name="TSums">The kind of sums.</typeparam>
    /// <exception cref="InvalidDataException">A part is damaged, is not what its worker wrote, or is of another kind.</exception>
    /// <exception cref="ArgumentException">There are no parts, or one does not fit those before it; the message says what differs.</exception>
    public TSums Merge<TSums>()
        where TSums : DetectorSums => DetectorSums.Merge(Parts.Select(part => part.Load<TSums>()));
}

/// <summary>The sums of a shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Path">The file.</param>
/// <param name="Sha256">The hash of its bytes, in hexadecimal digits.</param>
/// <param name="Rows">The number of rows.</param>
public sealed record ShardPart(Shard Shard, string Path, string Sha256, long Rows)
{
    /// <summary>Reads the sums.</summary>
    /// <typeparam name="TSums">Their kind.</typeparam>
    /// <exception cref="InvalidDataException">The file is damaged, is not what the worker wrote, or is of another kind.</exception>
    public TSums Load<TSums>()
        where TSums : DetectorSums
    {
        using FileStream stream = File.OpenRead(Path);
        if (Convert.ToHexString(SHA256.HashData(stream)) != Sha256)
        {
            throw new InvalidDataException($"'{Path}' is not what the worker wrote; remove it and run the fit again.");
        }

        stream.Position = 0;
        return DetectorSums.Load(stream) as TSums
            ?? throw new InvalidDataException($"'{Path}' has sums for another kind of detector than {typeof(TSums).Name}; remove it and run the fit again.");
    }
}

/// <summary>A shard that came to nothing.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record ShardFailure(Shard Shard, string Reason);
