namespace Dime.Cluster.Coordination;

/// <summary>What came of each shard. The first result of a shard stays; what comes later is not counted.</summary>
/// <param name="total">The number of shards.</param>
internal sealed class ShardLedger(int total)
{
    private readonly object _lock = new();
    private readonly Dictionary<string, ShardPart> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ShardFailure> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ShardFailure> _skipped = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when there is a result of each shard.</summary>
    public Task Completed => _completed.Task;

    public int Total => total;

    /// <summary>The number of shards that have a result.</summary>
    public int Done
    {
        get
        {
            lock (_lock)
            {
                return Count;
            }
        }
    }

    /// <summary>The parts in the order in which they are merged.</summary>
    public IReadOnlyList<ShardPart> Parts => InOrder(_parts);

    /// <summary>The shards that came to nothing.</summary>
    public IReadOnlyList<ShardFailure> Failures => InOrder(_failures);

    /// <summary>The shards that were left out.</summary>
    public IReadOnlyList<ShardFailure> Skipped => InOrder(_skipped);

    private int Count => _parts.Count + _failures.Count + _skipped.Count;

    public bool IsDone(Shard shard)
    {
        lock (_lock)
        {
            return Has(shard);
        }
    }

    /// <summary>Keeps a part.</summary>
    /// <returns>Whether it is the first result of its shard.</returns>
    public bool Keep(ShardPart part) => Keep(part.Shard, part, _parts);

    /// <summary>Keeps a failure.</summary>
    /// <returns>Whether it is the first result of its shard.</returns>
    public bool Keep(ShardFailure failure) => Keep(failure.Shard, failure, _failures);

    /// <summary>Leaves a shard out.</summary>
    /// <returns>Whether it is the first result of its shard.</returns>
    public bool Skip(ShardFailure failure) => Keep(failure.Shard, failure, _skipped);

    private bool Keep<T>(Shard shard, T result, Dictionary<string, T> results)
    {
        lock (_lock)
        {
            if (Has(shard))
            {
                return false;
            }

            results.Add(shard.Name, result);
            if (Count == total)
            {
                _completed.SetResult();
            }

            return true;
        }
    }

    private bool Has(Shard shard) => _parts.ContainsKey(shard.Name) || _failures.ContainsKey(shard.Name) || _skipped.ContainsKey(shard.Name);

    private T[] InOrder<T>(Dictionary<string, T> results)
    {
        lock (_lock)
        {
            return [.. results.OrderBy(result => result.Key, StringComparer.Ordinal).Select(result => result.Value)];
        }
    }
}
