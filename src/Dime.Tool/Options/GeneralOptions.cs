using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Terminal;

namespace Dime.Tool.Options;

/// <summary>Options of all commands.</summary>
internal sealed class GeneralOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Give the result as one JSON document.", Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Show no progress and no remarks.", Recursive = true };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "After an error, show where it arose.", Recursive = true };

    public void AddTo(Command command)
    {
        command.Add(_json);
        command.Add(_quiet);
        command.Add(_verbose);
    }

    public bool IsJson(SymbolResult result) => result.GetValue(_json);

    public bool IsVerbose(ParseResult parsed) => parsed.GetValue(_verbose);

    /// <summary>The console of a command.</summary>
    public ToolConsole ConsoleOf(ParseResult parsed) => new(Console.Out, Console.Error, parsed.GetValue(_json), parsed.GetValue(_quiet));
}
