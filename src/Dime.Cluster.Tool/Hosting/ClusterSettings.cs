using System.Net;

namespace Dime.Cluster.Tool.Hosting;

/// <summary>How a silo finds the others.</summary>
/// <param name="Redis">The Redis; null for another way.</param>
/// <param name="Postgres">The PostgreSQL; null for another way. Without both, silos of one machine know one another's ports.</param>
/// <param name="Cluster">The name of the cluster.</param>
/// <param name="Address">Where the others reach it.</param>
/// <param name="Port">The port there; null for a free one.</param>
/// <param name="DeadAfter">After how long without an answer others are taken for dead.</param>
internal sealed record ClusterSettings(RedisStore? Redis, string? Postgres, string Cluster, IPAddress Address, int? Port, TimeSpan DeadAfter)
{
    /// <summary>The way in words.</summary>
    public string Way => Redis is not null ? $"Redis at {Redis.Name}" : Postgres is not null ? "PostgreSQL" : "localhost";
}
