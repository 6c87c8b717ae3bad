namespace Dime.Cluster;

/// <summary>What a worker may do, and how much of it at a time.</summary>
public sealed class DimeWorkerOptions
{
    /// <summary>
    /// The folders below which shards are read and parts are written. A path that leads elsewhere, also through a symbolic
    /// link or <c>..</c>, is refused. Without any, all are.
    /// </summary>
    public IList<string> AllowedFolders { get; } = [];

    /// <summary>How many shards are read at a time, 1 or more; 1 if left alone, because the sums use several threads themselves.</summary>
    public int Slots { get; set; } = 1;
}
