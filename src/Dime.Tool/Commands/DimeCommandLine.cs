using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Commands;

/// <summary>The command <c>dime</c> with all its subcommands.</summary>
internal static class DimeCommandLine
{
    public static async Task<int> RunAsync(string[] arguments, OutputFiles files)
    {
        ParseResult parsed;
        try
        {
            parsed = Create(files).Parse(arguments is [] ? ["--help"] : arguments);
        }
        catch (InvalidOperationException e)
        {
            // A validator has asked for the value of an option that was given none.
            return Refuse(e.Message, "dime");
        }

        if (parsed is { Errors.Count: > 0, CommandResult.Command: RootCommand root })
        {
            string commands = string.Join(", ", root.Subcommands.Select(command => command.Name));
            return Refuse(
                parsed.UnmatchedTokens is [var word, ..] ? $"'{word}' is not a command; the commands are {commands}." : $"A command is missing; the commands are {commands}.",
                FullName(root));
        }

        if (parsed.Errors.Count > 0)
        {
            return Refuse(parsed.Errors[0].Message, FullName(parsed.CommandResult.Command));
        }

        // Our own, because the parser's knows no SIGHUP and ends the process without removing what is half-written.
        using var interruption = new Interruption(parsed.CommandResult.Command is ToolCommand command ? command.Patience : TimeSpan.Zero, files.Dispose);
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        int code = await parsed.InvokeAsync(configuration, interruption.Requested).ConfigureAwait(false);
        return code == ExitCode.Interrupted ? interruption.ExitCode ?? code : code;
    }

    private static int Refuse(string message, string command)
    {
        Console.Error.WriteLine($"{message.ReplaceLineEndings(" ").Trim()} Try '{command} --help'.");
        return ExitCode.CommandLine;
    }

    private static RootCommand Create(OutputFiles files)
    {
        var general = new GeneralOptions();
        RootCommand root = new(
            """
            Tells when a network is looking at something it was never trained on: fits, scores, evaluates, exports and reports
            out-of-distribution detectors (DIME) for ONNX networks and embeddings.

            Exit codes: 0 success, 1 unexpected error, 2 wrong command line, 3 wrong input (file, model or data), 4 more rows
            flagged than --fail-over allows, or rows that drifted, 130 interrupted (129 and 143 by SIGHUP and SIGTERM).
            """);
        var accumulate = new AccumulateCommand();
        ToolCommand[] commands =
        [
            new DemoCommand(general), new LayersCommand(), new InspectCommand(), new FitCommand(), accumulate, new MergeCommand(accumulate),
            new ScoreCommand(), new DriftCommand(), new EvaluateCommand(), new ReportCommand(), new ExportCommand(), new ServeCommand(),
        ];
        foreach (ToolCommand command in commands)
        {
            command.SetAction((parsed, cancelled) =>
            {
                var context = new ToolContext(general.ConsoleOf(parsed), files, cancelled);
                return Task.Run(() => command.RunOrFail(parsed, context, general.IsVerbose(parsed)));
            });
            root.Add(command);
        }

        general.AddTo(root);
        return root;
    }

    private static string FullName(Command command) => command is RootCommand ? "dime" : $"dime {command.Name}";
}
