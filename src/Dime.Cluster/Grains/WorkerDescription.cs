namespace Dime.Cluster.Grains;

/// <summary>What a silo can do.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Slots">How many shards it reads at a time.</param>
/// <param name="Version">The version of the library that sums.</param>
/// <param name="Attempts">The attempts that it is at.</param>
[GenerateSerializer]
internal sealed record WorkerDescription(SiloAddress Silo, int Slots, string Version, string[] Attempts);
