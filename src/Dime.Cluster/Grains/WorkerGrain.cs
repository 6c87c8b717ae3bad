using Dime.Cluster.Parts;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace Dime.Cluster.Grains;

/// <inheritdoc cref="IWorkerGrain"/>
[RandomPlacement]
internal sealed class WorkerGrain(ILocalSiloDetails silo, IOptions<DimeWorkerOptions> options, ShardWork work) : Grain, IWorkerGrain
{
    public Task<WorkerDescription> DescribeAsync()
    {
        DeactivateOnIdle();
        return Task.FromResult(new WorkerDescription(silo.SiloAddress, options.Value.Slots, LibraryVersion.Text, work.Attempts));
    }
}
