namespace Dime.Cluster.Grains;

/// <summary>What a worker is asked.</summary>
/// <param name="Run">What tells the run from all others.</param>
/// <param name="Attempt">What tells this attempt from all others.</param>
/// <param name="Name">The shard's name.</param>
/// <param name="Path">The shard.</param>
/// <param name="Stamp">What the coordinator sees of the shard; what the worker sees must be the same.</param>
/// <param name="Settings">How the shard is read.</param>
/// <param name="Part">The file to write.</param>
[GenerateSerializer]
internal sealed record ShardCall(string Run, string Attempt, string Name, string Path, string Stamp, string Settings, string Part);
