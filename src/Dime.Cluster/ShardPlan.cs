namespace Dime.Cluster;

/// <summary>What a coordinator has done.</summary>
/// <param name="Shards">The files or folders; their sums are merged in the ordinal order of <see cref="Shard.Name"/>.</param>
/// <param name="PartsFolder">The folder for the sums, which the coordinator and all workers see by this path.</param>
/// <param name="Settings">How shards are read and what is summed, in words that the workers' <see cref="IShardAccumulator"/> understands.</param>
/// <param name="SkipsUnreadable">Whether shards that cannot be read are left out.</param>
public sealed record ShardPlan(IReadOnlyList<Shard> Shards, string PartsFolder, string Settings, bool SkipsUnreadable = false);

/// <summary>A part of the rows.</summary>
/// <param name="Name">What tells it from the others.</param>
/// <param name="Path">The file or folder, as all workers see it.</param>
public sealed record Shard(string Name, string Path);
