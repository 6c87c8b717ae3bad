namespace Dime.Cluster;

/// <summary>How patient a coordinator is.</summary>
public sealed class DimeCoordinatorOptions
{
    /// <summary>How long the coordinator waits for the first worker; 3 s if left alone.</summary>
    public TimeSpan WaitForWorkers { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an attempt at a shard may take until another worker is given it too; an hour if left alone.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// For how long a shard is tried again when workers or connections are lost, and how long the coordinator waits once all
    /// workers are gone; 10 minutes if left alone.
    /// </summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromMinutes(10);
}
