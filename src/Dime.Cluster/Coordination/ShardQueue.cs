namespace Dime.Cluster.Coordination;

/// <summary>The shards that wait for a worker.</summary>
internal sealed class ShardQueue(IEnumerable<ShardTask> tasks, TimeProvider time)
{
    private readonly object _lock = new();
    private readonly LinkedList<ShardTask> _waiting = new(tasks);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Puts a shard at the end of the line.</summary>
    public void Add(ShardTask task)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _waiting.AddLast(task);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Waits for the first shard whose time has come.</summary>
    public async Task<ShardTask> TakeAsync(CancellationToken cancelled)
    {
        while (true)
        {
            cancelled.ThrowIfCancellationRequested();
            Task changed;
            TimeSpan? pause;
            lock (_lock)
            {
                DateTimeOffset now = time.GetUtcNow();
                if (_waiting.FirstOrDefault(task => task.NotBefore <= now) is { } next)
                {
                    _waiting.Remove(next);
                    return next;
                }

                changed = _changed.Task;
                pause = _waiting.Count == 0 ? null : _waiting.Min(task => task.NotBefore) - now;
            }

            if (pause is { } wait)
            {
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
                await Task.WhenAny(changed, Task.Delay(wait, time, ended.Token)).ConfigureAwait(false);
                await ended.CancelAsync().ConfigureAwait(false);
                cancelled.ThrowIfCancellationRequested();
            }
            else
            {
                await changed.WaitAsync(cancelled).ConfigureAwait(false);
            }
        }
    }
}
