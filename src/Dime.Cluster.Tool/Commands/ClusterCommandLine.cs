using Dime.Tool.Commands;

namespace Dime.Cluster.Tool.Commands;

/// <summary>The command <c>dime-cluster</c> with all its subcommands.</summary>
internal static class ClusterCommandLine
{
    public static CommandLineProgram Program { get; } = new(
        "dime-cluster",
        """
        Fits out-of-distribution detectors (DIME) to more rows than one machine reads: workers turn shards into sums, and a fit
        merges them into one model. Scoring needs no cluster: use 'dime score' on each file.

        Exit codes: 0 success, 1 unexpected error, 2 wrong command line, 3 wrong input (file, shard or cluster), 130 interrupted
        (129 and 143 by SIGHUP and SIGTERM).
        """,
        _ => [new WorkerCommand(), new FitCommand()]);
}
