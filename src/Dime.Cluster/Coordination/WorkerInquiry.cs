using Dime.Cluster.Grains;
using Orleans.Runtime.Placement;

namespace Dime.Cluster.Coordination;

/// <summary>Asks silos what they can do and are doing.</summary>
/// <param name="grains">Makes grains.</param>
internal sealed class WorkerInquiry(IGrainFactory grains)
{
    /// <summary>Asks a silo once.</summary>
    /// <returns>What it says; null where it says nothing, or another silo in its place, as for one that is no worker.</returns>
    public async Task<WorkerDescription?> AskAsync(SiloAddress silo, CancellationToken cancelled)
    {
        try
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            WorkerDescription description = await grains.GetGrain<IWorkerGrain>($"{silo.ToParsableString()}/{Guid.NewGuid():N}")
                .DescribeAsync().WaitAsync(cancelled).ConfigureAwait(false);
            return description.Silo.Equals(silo) ? description : null;
        }
        catch (Exception e) when (Losses.IsLoss(e) || e is OrleansException or ArgumentException)
        {
            // An ArgumentException says that no silo at all is known as a worker.
            return null;
        }
    }
}
