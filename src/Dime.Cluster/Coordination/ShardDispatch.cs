using System.Diagnostics;
using System.Globalization;
using Dime.Cluster.Grains;
using Dime.Cluster.Parts;
using Orleans.Runtime.Placement;

namespace Dime.Cluster.Coordination;

/// <summary>Gives shards to workers until each has a result.</summary>
internal sealed class ShardDispatch
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    private readonly IGrainFactory _grains;
    private readonly AttemptWatch _watch;
    private readonly DimeCoordinatorOptions _options;
    private readonly ShardPlan _plan;
    private readonly ShardQueue _queue;
    private readonly ShardLedger _ledger;
    private readonly TimeProvider _time;
    private readonly Action<ShardProgressKind, string> _tell;
    private readonly string _run;
    private readonly CancellationToken _over;

    public ShardDispatch(
        string run, IGrainFactory grains, WorkerInquiry inquiry, DimeCoordinatorOptions options, ShardPlan plan, IEnumerable<ShardTask> tasks, ShardLedger ledger, TimeProvider time, Action<ShardProgressKind, string> tell, CancellationToken over)
    {
        _run = run;
        _over = over;
        _grains = grains;
        _watch = new AttemptWatch(inquiry, time);
        _options = options;
        _plan = plan;
        _queue = new ShardQueue(tasks, time);
        _ledger = ledger;
        _time = time;
        _tell = tell;
    }

    // Then all workers are let go, and none is lost.
    private bool IsOver => _over.IsCancellationRequested || _ledger.Completed.IsCompleted;

    /// <summary>Gives shards to a worker, as many at a time as it takes, until it leaves.</summary>
    public async Task EmployAsync(Worker worker, CancellationToken left)
    {
        _tell(ShardProgressKind.WorkerJoined, $"Worker {worker} has joined.");
        await Task.WhenAll(Enumerable.Range(0, worker.Slots).Select(_ => FeedAsync(worker, left))).ConfigureAwait(false);
        if (!IsOver)
        {
            _tell(ShardProgressKind.WorkerLeft, $"Worker {worker} has gone.");
        }
    }

    private async Task FeedAsync(Worker worker, CancellationToken left)
    {
        try
        {
            while (true)
            {
                ShardTask task = await _queue.TakeAsync(left).ConfigureAwait(false);
                if (!_ledger.IsDone(task.Shard))
                {
                    await AttemptAsync(task, worker, left).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // Its shard, if it had one, is in the line again.
        }
    }

    private async Task AttemptAsync(ShardTask task, Worker worker, CancellationToken left)
    {
        task.Attempts++;
        string attempt = string.Create(CultureInfo.InvariantCulture, $"{_run}/{task.Attempts}/{task.Shard.Name}");
        Task<ShardReply> answer = HearAsync(task, worker, CallAsync(task, worker, attempt, left));
        bool isLate = false;
        try
        {
            switch (await _watch.AwaitAsync(answer, worker, attempt, _options.AttemptTimeout, left).ConfigureAwait(false))
            {
                case { Outcome: ShardOutcome.Stopped }:
                    await LoseAsync(task, $"worker {worker} is being stopped", left).ConfigureAwait(false);
                    break;
                case null:
                    await LoseAsync(task, $"worker {worker} has not answered within {_options.AttemptTimeout}", left).ConfigureAwait(false);
                    isLate = true;
                    break;
            }
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            await LoseAsync(task, $"worker {worker} has gone", left).ConfigureAwait(false);
        }
        catch (Exception e) when (Losses.IsLoss(e))
        {
            await LoseAsync(task, $"worker {worker} was lost", left).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail(task, new ShardFailure(task.Shard, e.Message), ShardOutcome.Failed);
        }

        // It may be slow only: its answer is welcome still, but it gets no other shard before.
        if (isLate)
        {
            await _watch.UntilLeftAsync(answer, worker, attempt, left).ConfigureAwait(false);
        }
    }

    // Whatever goes wrong here is the answer: the shard must not be forgotten.
    private async Task<ShardReply> CallAsync(ShardTask task, Worker worker, string attempt, CancellationToken left)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, worker.Silo);
        try
        {
            // A grain of its own for each attempt, so that a second one does not wait for the first.
            return await _grains.GetGrain<IShardGrain>(attempt)
                .AccumulateAsync(new ShardCall(_run, attempt, task.Shard.Name, task.Shard.Path, task.Stamp, _plan.Settings, task.Part), left).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw new SiloUnavailableException("No silo is known as a worker.", e);
        }
    }

    // What comes after the deadline is heard too.
    private async Task<ShardReply> HearAsync(ShardTask task, Worker worker, Task<ShardReply> call)
    {
        var watch = Stopwatch.StartNew();
        ShardReply reply = await call.ConfigureAwait(false);
        if (reply.Outcome == ShardOutcome.Done)
        {
            await AcceptAsync(task, worker, reply, watch.Elapsed).ConfigureAwait(false);
        }
        else if (reply.Outcome != ShardOutcome.Stopped)
        {
            Fail(task, new ShardFailure(task.Shard, reply.Text[0]), reply.Outcome);
        }

        return reply;
    }

    private async Task AcceptAsync(ShardTask task, Worker worker, ShardReply reply, TimeSpan elapsed)
    {
        if (await new PartFile(task.Part, task.Shard.Name).FaultAsync(reply.Sha256, _time).ConfigureAwait(false) is { } fault)
        {
            Fail(task, new ShardFailure(task.Shard, $"worker {worker} wrote '{task.Part}', but {fault}"), ShardOutcome.Failed);
            return;
        }

        bool isFirst = _ledger.Keep(new ShardPart(task.Shard, task.Part, reply.Sha256, reply.Rows));
        if (!isFirst)
        {
            _tell(ShardProgressKind.Duplicate, $"'{task.Shard.Name}' came once more, from worker {worker}; it is counted once.");
            return;
        }

        _tell(ShardProgressKind.Finished, string.Create(CultureInfo.InvariantCulture, $"'{task.Shard.Name}': {reply.Rows} rows, worker {worker}, {elapsed.TotalSeconds:F1} s."));
        foreach (string remark in reply.Text)
        {
            _tell(ShardProgressKind.Remark, $"'{task.Shard.Name}': {remark}");
        }
    }

    private void Fail(ShardTask task, ShardFailure failure, ShardOutcome outcome)
    {
        bool isSkipped = outcome == ShardOutcome.Unreadable && _plan.SkipsUnreadable;
        if (isSkipped ? _ledger.Skip(failure) : _ledger.Keep(failure))
        {
            _tell(ShardProgressKind.Failed, $"'{task.Shard.Name}' {(isSkipped ? "is left out" : "failed")}: {failure.Reason}");
        }
    }

    private async Task LoseAsync(ShardTask task, string reason, CancellationToken left)
    {
        if (IsOver)
        {
            return;
        }

        if (task.IsTriedAgain(_time.GetUtcNow(), _options.RetryFor))
        {
            _tell(ShardProgressKind.Retried, $"'{task.Shard.Name}' is tried again: {reason}.");
            _queue.Add(task);
        }
        else
        {
            Fail(task, new ShardFailure(task.Shard, string.Create(CultureInfo.InvariantCulture, $"it was tried {task.Attempts} times; the last time, {reason}.")), ShardOutcome.Failed);
        }

        // A worker that is going is not known to be gone at once.
        await Task.Delay(_pause, _time, left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
