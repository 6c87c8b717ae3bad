using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Commands;

/// <summary>A program of the command line, with its subcommands.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What its help says of it.</param>
/// <param name="commands">Makes the subcommands.</param>
internal sealed class CommandLineProgram(string name, string description, Func<GeneralOptions, IReadOnlyList<ToolCommand>> commands)
{
    public async Task<int> RunAsync(string[] arguments, OutputFiles files)
    {
        ParseResult parsed;
        try
        {
            parsed = Create(files).Parse(arguments is [] ? ["--help"] : arguments);
        }
        catch (InvalidOperationException e)
        {
            // A validator has asked for the value of an option that was given none.
            return Refuse(e.Message, name);
        }

        if (parsed is { Errors.Count: > 0, CommandResult.Command: RootCommand root })
        {
            string names = string.Join(", ", root.Subcommands.Select(command => command.Name));
            return Refuse(
                parsed.UnmatchedTokens is [var word, ..] ? $"'{word}' is not a command; the commands are {names}." : $"A command is missing; the commands are {names}.",
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

    private RootCommand Create(OutputFiles files)
    {
        var general = new GeneralOptions();
        RootCommand root = new(description);
        foreach (ToolCommand command in commands(general))
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

    private string FullName(Command command) => command is RootCommand ? name : $"{name} {command.Name}";
}
