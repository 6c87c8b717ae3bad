using System.Globalization;
using Dime.Cluster.Coordination;
using Dime.Cluster.Grains;
using Dime.Cluster.Parts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dime.Cluster;

/// <summary>
/// Has the shards of a fit read by the workers of the cluster, and collects their sums. It lives in a silo, whose calls fail
/// at once when the silo that they went to dies; those of a client outside would wait.
/// </summary>
/// <param name="grains">Makes grains.</param>
/// <param name="membership">Knows the silos.</param>
/// <param name="silo">The silo that it lives in.</param>
/// <param name="services">The silo's services.</param>
/// <param name="options">How patient it is.</param>
public sealed class ShardCoordinator(
    IGrainFactory grains, IClusterMembershipService membership, ILocalSiloDetails silo, IServiceProvider services, IOptions<DimeCoordinatorOptions> options)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(250);

    private readonly DimeCoordinatorOptions _options = options.Value;
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>
    /// Has all shards read. Parts of an earlier run of the same shards and settings are used; a part counts once, however
    /// often a worker delivers it; a shard whose worker is lost is given to another one.
    /// </summary>
    /// <param name="plan">The shards.</param>
    /// <param name="progress">Hears what happens, one thing at a time; null for nobody.</param>
    /// <param name="cancelled">Stops the run; parts that are done are kept.</param>
    /// <returns>The parts, in the order in which they are to be merged.</returns>
    /// <exception cref="ArgumentException">There are no shards, or two of one name.</exception>
    /// <exception cref="ShardsFailedException">Shards came to nothing; all others are done.</exception>
    /// <exception cref="ClusterException">There is no worker.</exception>
    /// <exception cref="IOException">A shard is not there, or the folder of the parts cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<ShardRun> RunAsync(ShardPlan plan, IProgress<ShardProgress>? progress = null, CancellationToken cancelled = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Shards.Count == 0)
        {
            throw new ArgumentException("There are no shards; name one at least.", nameof(plan));
        }

        if (plan.Shards.GroupBy(shard => shard.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw new ArgumentException($"Two shards have the name '{twins.Key}' ('{twins.First().Path}' and '{twins.Last().Path}'); their rows could not be told apart. Rename one.", nameof(plan));
        }

        var ledger = new ShardLedger(plan.Shards.Count);
        object telling = new();
        void Tell(ShardProgressKind kind, string text)
        {
            lock (telling)
            {
                progress?.Report(new ShardProgress(kind, text, ledger.Done, ledger.Total));
            }
        }

        string folder = Path.GetFullPath(plan.PartsFolder);
        Directory.CreateDirectory(folder);
        ShardTask[] left = [.. Missing(plan, folder, ledger, Tell)];
        if (left.Length > 0)
        {
            await WorkAsync(plan, left, ledger, Tell, cancelled).ConfigureAwait(false);
        }

        return ledger.Failures.Count > 0
            ? throw new ShardsFailedException(ledger.Failures, ledger.Total)
            : new ShardRun(ledger.Parts, ledger.Skipped);
    }

    private static IEnumerable<ShardTask> Missing(ShardPlan plan, string folder, ShardLedger ledger, Action<ShardProgressKind, string> tell)
    {
        foreach (Shard shard in plan.Shards.OrderBy(shard => shard.Name, StringComparer.Ordinal))
        {
            string stamp = ShardStamp.Of(shard.Path);
            string path = Path.Combine(folder, PartName.Of(shard, stamp, plan.Settings));
            if (new PartFile(path, shard.Name).Inspect() is { } found)
            {
                ledger.Keep(new ShardPart(shard, path, found.Sha256, found.Rows));
                tell(ShardProgressKind.Found, string.Create(CultureInfo.InvariantCulture, $"'{shard.Name}': {found.Rows} rows, done before."));
            }
            else
            {
                yield return new ShardTask(shard, stamp, path);
            }
        }
    }

    private async Task WorkAsync(ShardPlan plan, ShardTask[] tasks, ShardLedger ledger, Action<ShardProgressKind, string> tell, CancellationToken cancelled)
    {
        string run = Guid.NewGuid().ToString("N");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var inquiry = new WorkerInquiry(grains);
        var dispatch = new ShardDispatch(run, grains, inquiry, _options, plan, tasks, ledger, _time, tell, over.Token);
        var roster = new WorkerRoster(inquiry, membership, dispatch.EmployAsync, services.GetService<ShardWork>() is null ? silo.SiloAddress : null, text => tell(ShardProgressKind.Remark, text));
        Task following = roster.FollowAsync(over.Token);
        try
        {
            await WatchAsync(roster, ledger, tell, cancelled).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(false);
        }

        foreach (ShardTask task in tasks)
        {
            new PartFile(task.Part, task.Shard.Name).RemoveDrafts(run);
        }
    }

    // Waits for the end, but not without workers.
    private async Task WatchAsync(WorkerRoster roster, ShardLedger ledger, Action<ShardProgressKind, string> tell, CancellationToken cancelled)
    {
        bool hadWorkers = false;
        long since = _time.GetTimestamp();
        while (!ledger.Completed.IsCompleted)
        {
            await ledger.Completed.WaitAsync(_look, _time, cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled.ThrowIfCancellationRequested();
            if (roster.Count > 0)
            {
                hadWorkers = true;
            }

            if (roster.Count > 0 || roster.IsAsking)
            {
                since = _time.GetTimestamp();
                continue;
            }

            TimeSpan patience = hadWorkers ? _options.RetryFor : _options.WaitForWorkers;
            if (!ledger.Completed.IsCompleted && _time.GetElapsedTime(since) >= patience)
            {
                throw new ClusterException(hadWorkers
                    ? $"All workers have gone, and none has come within {patience}; {ledger.Done} of {ledger.Total} shards are done. Start workers and run the fit again: it goes on from there."
                    : "There is no worker in the cluster; start one with 'dime-cluster worker', with the same --cluster and the same Redis or PostgreSQL.");
            }
        }
    }
}
