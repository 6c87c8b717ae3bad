namespace Dime.Tool.Commands;

/// <summary>The command <c>dime</c> with all its subcommands.</summary>
internal static class DimeCommandLine
{
    public static CommandLineProgram Program { get; } = new(
        "dime",
        """
        Tells when a network is looking at something it was never trained on: fits, scores, evaluates, exports and reports
        out-of-distribution detectors (DIME) for ONNX networks and embeddings.

        Exit codes: 0 success, 1 unexpected error, 2 wrong command line, 3 wrong input (file, model or data), 4 more rows
        flagged than --fail-over allows, or rows that drifted, 130 interrupted (129 and 143 by SIGHUP and SIGTERM).
        """,
        general =>
        {
            var accumulate = new AccumulateCommand();
            return
            [
                new DemoCommand(general), new LayersCommand(), new InspectCommand(), new FitCommand(), accumulate, new MergeCommand(accumulate),
                new ScoreCommand(), new DriftCommand(), new EvaluateCommand(), new ReportCommand(), new ExportCommand(), new ServeCommand(),
            ];
        });
}
