using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime report</c>: a page to look at and to forward.</summary>
internal static class ReportCommand
{
    private static readonly Option<string> _output = new("--output", "-o") { Description = "The HTML file to write.", HelpName = "report.html", Required = true };
    private static readonly Option<string> _title = new("--title") { Description = "The heading.", HelpName = "text", DefaultValueFactory = _ => ReportSettings.DefaultTitle };
    private static readonly Option<string?> _network = new("--network") { Description = "The network's name, for the heading.", HelpName = "text" };

    public static Command Create(OutputFiles files)
    {
        var sets = new SetOptions(areRequired: false);
        var command = new Command("report", "Writes a report as one HTML file: figures, plots and the most outlying rows.") { ModelOption.Model, _output, _title, _network };
        sets.AddTo(command);
        CommandAction.Set(command, files, (parsed, context) =>
        {
            Show(context, ReportJob.Run(context, new ReportSettings(
                parsed.GetRequiredValue(ModelOption.Model),
                parsed.GetValue(_network),
                parsed.GetRequiredValue(_title),
                sets.Sets(parsed),
                sets.Embeddings(parsed),
                parsed.GetRequiredValue(_output))));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Says what was written.</summary>
    public static void Show(ToolContext context, ReportResult result) =>
        context.Console.Result(result, new Text($"Written to {result.Output}; open it in a browser."));
}
