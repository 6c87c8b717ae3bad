using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime report</c>: a page to look at and to forward.</summary>
internal sealed class ReportCommand : ToolCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string> _output = new("--output", "-o") { Description = "The HTML file to write.", HelpName = "report.html", Required = true };
    private readonly Option<string> _title = new("--title") { Description = "The heading.", HelpName = "text", DefaultValueFactory = _ => "Out-of-distribution report" };
    private readonly Option<string?> _network = new("--network") { Description = "The network's name, for the heading.", HelpName = "text" };

    private readonly Option<string?> _current = new("--current") { Description = "Today's rows, which are tested for drift: a folder of images or a file of embeddings.", HelpName = "[name=]path" };
    private readonly SetOptions _sets = new(areRequired: false);

    public ReportCommand()
        : base("report", "Writes a report as one HTML file: figures, plots and the most outlying rows.")
    {
        Add(_model, _output, _title, _network);
        _sets.AddTo(this, _current);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        ReportResult result = ReportJob.Run(context, new ReportSettings(
            parsed.GetRequiredValue(_model),
            parsed.GetValue(_network),
            parsed.GetRequiredValue(_title),
            _sets.Sets(parsed),
            _sets.Embeddings(parsed),
            _sets.SkipsUnreadable(parsed),
            parsed.GetRequiredValue(_output))
        {
            Current = parsed.GetValue(_current) is { } current ? SetOptions.NameAndPath(current) : null,
        });
        SkipUnreadableOption.Remark(context.Console, [.. result.Sets.SelectMany(set => set.Unreadable), .. result.Current?.Unreadable ?? []]);
        context.Console.RemarkOn([.. result.Sets.Select(set => set.Columns), result.Current?.Columns]);
        if (result.Current is { } today)
        {
            context.Console.Remark(today.Verdict);
        }

        context.Console.Result(result, new Text($"Written to {result.Output}; open it in a browser."));
        return ExitCode.Success;
    }
}
