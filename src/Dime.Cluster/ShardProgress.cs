namespace Dime.Cluster;

/// <summary>Something that happened in a run.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Text">The same in a sentence.</param>
/// <param name="Done">The number of shards that are done.</param>
/// <param name="Total">The number of shards.</param>
public sealed record ShardProgress(ShardProgressKind Kind, string Text, int Done, int Total);

/// <summary>What happens in a run.</summary>
public enum ShardProgressKind
{
    /// <summary>A part of an earlier run is used.</summary>
    Found,

    /// <summary>The sums of a shard have come.</summary>
    Finished,

    /// <summary>The sums of a shard have come once more, and were not counted.</summary>
    Duplicate,

    /// <summary>A shard came to nothing.</summary>
    Failed,

    /// <summary>A shard is tried again.</summary>
    Retried,

    /// <summary>A worker has come.</summary>
    WorkerJoined,

    /// <summary>A worker has gone.</summary>
    WorkerLeft,

    /// <summary>Something else that is to be known.</summary>
    Remark,
}
