using Dime.MLNet;

namespace Dime.Cluster;

/// <summary>
/// Turns a shard into sums. A host of workers brings its own, which knows how its shards are read; it is called on threads
/// of the pool, for as many shards at a time as <see cref="DimeWorkerOptions.Slots"/> says.
/// </summary>
public interface IShardAccumulator
{
    /// <summary>Reads a shard. The same request gives the same sums, wherever and whenever it is made.</summary>
    /// <param name="request">The shard, and how it is read.</param>
    /// <param name="cancelled">Tells the work to stop.</param>
    /// <returns>The sums, whose only source has the shard's name.</returns>
    /// <exception cref="InvalidDataException">The shard cannot be read. The message is a sentence that says why.</exception>
    /// <exception cref="UnauthorizedAccessException">The request leads to what the worker may not read.</exception>
    Task<AccumulatedShard> AccumulateAsync(ShardRequest request, CancellationToken cancelled);
}

/// <summary>A shard to be read.</summary>
/// <param name="Path">The file or folder, with all links followed; the worker has checked that it may be read.</param>
/// <param name="Name">The shard's name, which is to be <see cref="AccumulationOptions.Source"/>.</param>
/// <param name="Settings">How it is read and what is summed, as <see cref="ShardPlan.Settings"/> has it.</param>
public sealed record ShardRequest(string Path, string Name, string Settings);

/// <summary>A shard that was read.</summary>
/// <param name="Sums">The sums of its rows.</param>
/// <param name="Remarks">What is to be said of it, such as that rows were left out.</param>
public sealed record AccumulatedShard(DetectorSums Sums, IReadOnlyList<string> Remarks);
