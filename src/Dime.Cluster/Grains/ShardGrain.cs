using Orleans.Placement;

namespace Dime.Cluster.Grains;

/// <inheritdoc cref="IShardGrain"/>
[RandomPlacement]
internal sealed class ShardGrain(ShardWork work) : Grain, IShardGrain
{
    public Task<ShardReply> AccumulateAsync(ShardCall call, CancellationToken cancelled)
    {
        // Each attempt is a grain of its own.
        DeactivateOnIdle();
        return work.RunAsync(call, cancelled);
    }
}
