using Orleans.Runtime.Messaging;

namespace Dime.Cluster.Coordination;

/// <summary>Exceptions that tell of lost workers and connections, not of the shard.</summary>
internal static class Losses
{
    public static bool IsLoss(Exception exception) =>
        exception is OrleansMessageRejectionException or ConnectionFailedException or SiloUnavailableException or TimeoutException;
}
