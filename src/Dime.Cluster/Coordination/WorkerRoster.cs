using System.Diagnostics;
using Dime.Cluster.Parts;

namespace Dime.Cluster.Coordination;

/// <summary>Follows which silos of the cluster are workers.</summary>
/// <param name="inquiry">Asks silos.</param>
/// <param name="membership">Knows the silos.</param>
/// <param name="work">What is done with a worker, until it leaves.</param>
/// <param name="self">This silo, where it is no worker; null where it is one.</param>
/// <param name="remark">Hears of silos that are not used.</param>
internal sealed class WorkerRoster(
    WorkerInquiry inquiry, IClusterMembershipService membership, Func<Worker, CancellationToken, Task> work, SiloAddress? self, Action<string> remark)
{
    // A silo that has just come is not known to all at once; after this time it is hardly a worker, and asked now and then only.
    private static readonly TimeSpan _acquaintance = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<SiloAddress, (CancellationTokenSource Left, Task Work)> _silos = [];
    private int _count;
    private int _asking;

    /// <summary>The number of workers at hand.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there are silos that have not said yet whether they are workers.</summary>
    public bool IsAsking => Volatile.Read(ref _asking) > 0;

    /// <summary>Follows the cluster until it is cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancelled)
    {
        try
        {
            while (!cancelled.IsCancellationRequested)
            {
                Update(membership.CurrentSnapshot, cancelled);
                await Task.Delay(_pause, cancelled).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the run.
        }

        foreach ((CancellationTokenSource left, _) in _silos.Values)
        {
            await left.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_silos.Values.Select(silo => silo.Work)).ConfigureAwait(false);
    }

    private void Update(ClusterMembershipSnapshot snapshot, CancellationToken cancelled)
    {
        HashSet<SiloAddress> active = [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];
        foreach (SiloAddress gone in _silos.Keys.Where(silo => !active.Contains(silo)).ToArray())
        {
            _silos[gone].Left.Cancel();
        }

        foreach (SiloAddress silo in active.Where(silo => !silo.Equals(self) && !_silos.ContainsKey(silo)))
        {
            var left = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            _silos.Add(silo, (left, Task.Run(() => EmployAsync(silo, left.Token), CancellationToken.None)));
        }
    }

    private async Task EmployAsync(SiloAddress silo, CancellationToken left)
    {
        try
        {
            Worker worker = await AskAsync(silo, left).ConfigureAwait(false);
            if (worker.Version != LibraryVersion.Text)
            {
                remark($"Worker {worker} has version {worker.Version} of Dime.MLNet and is not used: this fit has {LibraryVersion.Text}. Install the same everywhere.");
                return;
            }

            Interlocked.Increment(ref _count);
            try
            {
                await work(worker, left).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _count);
            }
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // It has gone, or the run is over.
        }
    }

    // Other coordinators are silos too, but no workers; then some worker answers in their place, or none.
    private async Task<Worker> AskAsync(SiloAddress silo, CancellationToken left)
    {
        long began = Stopwatch.GetTimestamp();
        bool isHopeful = true;
        Interlocked.Increment(ref _asking);
        try
        {
            while (true)
            {
                if (await inquiry.AskAsync(silo, left).ConfigureAwait(false) is { } description)
                {
                    return new Worker(silo, description.Slots, description.Version);
                }

                if (isHopeful && Stopwatch.GetElapsedTime(began) > _acquaintance)
                {
                    isHopeful = false;
                    Interlocked.Decrement(ref _asking);
                }

                await Task.Delay(isHopeful ? _pause : _acquaintance, left).ConfigureAwait(false);
            }
        }
        finally
        {
            if (isHopeful)
            {
                Interlocked.Decrement(ref _asking);
            }
        }
    }
}

/// <summary>A silo that reads shards.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Slots">How many shards it reads at a time.</param>
/// <param name="Version">The version of the library that sums.</param>
internal sealed record Worker(SiloAddress Silo, int Slots, string Version)
{
    public override string ToString() => Silo.Endpoint.ToString();
}
