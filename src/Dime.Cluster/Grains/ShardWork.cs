using System.Collections.Concurrent;
using Dime.Cluster.Parts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dime.Cluster.Grains;

/// <summary>The work of a silo: shards become parts, a few at a time.</summary>
internal sealed class ShardWork : IDisposable
{
    private readonly IShardAccumulator _accumulator;
    private readonly AllowedFolders _allowed;
    private readonly CancellationToken _stopping;
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<string, bool> _attempts = new();

    public ShardWork(IShardAccumulator accumulator, AllowedFolders allowed, IOptions<DimeWorkerOptions> options, IHostApplicationLifetime lifetime)
    {
        _accumulator = accumulator;
        _allowed = allowed;
        _stopping = lifetime.ApplicationStopping;
        _slots = new SemaphoreSlim(options.Value.Slots);
    }

    /// <summary>The attempts that are worked at, or wait for a slot.</summary>
    public string[] Attempts => [.. _attempts.Keys];

    public async Task<ShardReply> RunAsync(ShardCall call, CancellationToken cancelled)
    {
        _attempts[call.Attempt] = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled, _stopping);
        try
        {
            await _slots.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => MakeAsync(call, stop.Token), stop.Token).ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (Exception e) when (stop.IsCancellationRequested)
        {
            return ShardReply.Without(ShardOutcome.Stopped, e.Message);
        }
        catch (InvalidDataException e)
        {
            return ShardReply.Without(ShardOutcome.Unreadable, e.Message);
        }
        catch (UnauthorizedAccessException e)
        {
            return ShardReply.Without(ShardOutcome.Refused, e.Message);
        }
        catch (Exception e)
        {
            return ShardReply.Without(ShardOutcome.Failed, e.Message);
        }
        finally
        {
            _attempts.TryRemove(call.Attempt, out _);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<ShardReply> MakeAsync(ShardCall call, CancellationToken cancelled)
    {
        string shard = _allowed.Require(call.Path);
        string place = _allowed.Require(call.Part);
        if (!PartName.IsOf(place))
        {
            throw new UnauthorizedAccessException($"'{call.Part}' is refused: that is no name of a part, and a worker removes nothing else.");
        }

        var part = new PartFile(place, call.Name);

        // Of an attempt that was given up, or of a coordinator that is no more.
        if (part.Inspect() is { } found)
        {
            return new ShardReply(ShardOutcome.Done, found.Rows, found.Sha256, []);
        }

        RequireSame(call, shard);
        using PartDraft draft = part.CreateDraft(call.Run);
        AccumulatedShard accumulated = await _accumulator
            .AccumulateAsync(new ShardRequest(shard, call.Name, call.Settings), cancelled).ConfigureAwait(false);
        RequireSame(call, shard);
        accumulated.Sums.Save(draft.Path);
        return new ShardReply(ShardOutcome.Done, accumulated.Sums.RowCount, draft.Publish(), [.. accumulated.Remarks]);
    }

    private static void RequireSame(ShardCall call, string shard)
    {
        if (ShardStamp.Of(shard) != call.Stamp)
        {
            throw new IOException($"'{call.Path}' is not the same as when the fit began, or not the same for worker and coordinator: its size or time differs. Start again when nothing writes to it.");
        }
    }
}
