namespace Dime.Cluster.Grains;

/// <summary>Tells what a silo can do.</summary>
internal interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>What the silo can do on which the grain is.</summary>
    [ResponseTimeout("00:00:05")]
    Task<WorkerDescription> DescribeAsync();
}
