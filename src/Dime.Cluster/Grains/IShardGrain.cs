namespace Dime.Cluster.Grains;

/// <summary>One attempt at a shard.</summary>
internal interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Turns the shard into a part.</summary>
    /// <returns>The part, or why there is none; what is wrong with a shard is no exception of the cluster.</returns>
    // The coordinator has a deadline of its own; milliseconds above an Int32 would be past already.
    [ResponseTimeout("20.00:00:00")]
    Task<ShardReply> AccumulateAsync(ShardCall call, CancellationToken cancelled);
}
