using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.MLNet;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Report.Figures;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime drift</c>: whether many rows together are off, though perhaps none is flagged.</summary>
internal sealed class DriftCommand : ToolCommand
{
    private readonly ModelOption _model = new();
    private readonly InputOptions _input = new();
    private readonly Option<double?> _level = new("--level")
    {
        Description = "The probability of an alarm on rows like the calibration rows, at most; 1% if left out.",
        HelpName = "share",
        CustomParser = Level,
    };

    public DriftCommand()
        : base("drift", $"Tests whether rows together differ from those that the model was calibrated on, and by which score; exit code {ExitCode.Drifted} if they do.")
    {
        Add(_model);
        _input.AddTo(this);
        Add(_level);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        DriftReport report = DriftJob.Run(context, new DriftSettings(
            parsed.GetRequiredValue(_model),
            _input.Path(parsed),
            _input.Embeddings(parsed),
            _input.SkipsUnreadable(parsed),
            parsed.GetValue(_level) ?? new DriftOptions().Level));
        SkipUnreadableOption.Remark(context.Console, report.Unreadable);
        context.Console.RemarkOn(report.Columns);
        Show(context.Console, report);
        return report.IsDrift ? ExitCode.Drifted : ExitCode.Success;
    }

    private static void Show(ToolConsole console, DriftReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("score", "what is compared", "value", "expected", "p-value", "");
        table.Columns[0].PadLeft(0);
        foreach (TableColumn column in table.Columns.Skip(2))
        {
            column.RightAligned().NoWrap();
        }

        foreach (DriftTestResult test in report.Result.Tests)
        {
            table.AddRow(
                new Text(DriftText.SubjectOf(test)),
                new Text(DriftText.NameOf(test.Kind)),
                new Text(DriftText.Statistic(test)),
                new Text(DriftText.Expected(test)),
                new Text(DriftText.PValue(test.PValue)),
                new Text(report.Result.Objections.Contains(test) ? "drift" : test.WhyLeftOut is null ? "" : "left out"));
        }

        console.Result(report, table, new Text(report.Verdict));
        foreach (DriftTestResult test in report.Result.Tests.Where(test => test.WhyLeftOut is not null))
        {
            console.Remark($"The {DriftText.NameOf(test.Kind)} of {DriftText.SubjectOf(test)} is left out: {test.WhyLeftOut}.");
        }

        foreach (string warning in report.Warnings)
        {
            console.Remark(warning);
        }
    }

    private static double? Level(ArgumentResult result)
    {
        double? level = OptionParsers.ShareAboveZero(result);
        if (level == 1)
        {
            result.AddError($"'{result.Tokens[0].Value}' is too large: give a share below 1, such as 1%.");
        }

        return level;
    }
}
