namespace Dime.Cluster.Tool.Hosting;

/// <summary>Variables of the environment for what holds passwords, which are seen on command lines.</summary>
internal static class ClusterVariables
{
    public const string Redis = "DIME_CLUSTER_REDIS";

    public const string Postgres = "DIME_CLUSTER_POSTGRES";
}
