using System.CommandLine;
using System.Globalization;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime score</c>: says of each row how far away it is.</summary>
internal sealed class ScoreCommand : ToolCommand
{
    private readonly ModelOption _model = new();
    private readonly InputOptions _input = new();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The file to write (.csv, .jsonl or .parquet); standard output if left out.", HelpName = "file" };
    private readonly Option<ScoreFormat?> _format = new("--format")
    {
        Description = "How to write; goes by the file's ending if left out; CSV on standard output, JSON lines with --json.",
        HelpName = "csv|jsonl|parquet",
        CustomParser = OptionParsers.Word(("csv", ScoreFormat.Csv), ("jsonl", ScoreFormat.Jsonl), ("parquet", ScoreFormat.Parquet)),
    };

    private readonly Option<double?> _failOver = new("--fail-over")
    {
        Description = $"End with exit code {ExitCode.TooManyFlagged} if more than this share of the rows is flagged.",
        HelpName = "share",
        CustomParser = OptionParsers.Share,
    };

    public ScoreCommand()
        : base("score", "Gives each row its distance, the probability of such a distance or a smaller one, a flag, and of an ensemble the score that objected most (topScore).")
    {
        Add(_model);
        _input.AddTo(this);
        Add(_output, _format, _failOver);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        double? limit = parsed.GetValue(_failOver);
        string? output = parsed.GetValue(_output);
        ScoreResult result = ScoreJob.Run(context, new ScoreSettings(
            parsed.GetRequiredValue(_model),
            _input.Path(parsed),
            _input.Embeddings(parsed),
            output,
            parsed.GetValue(_format) ?? (context.Console.IsJson && output is null ? ScoreFormat.Jsonl : null),
            _input.SkipsUnreadable(parsed),
            NeedsFlags: limit is not null));
        SkipUnreadableOption.Remark(context.Console, result.Unreadable);
        context.Console.RemarkOn(result.Columns);
        Show(context.Console, result);
        if (!(result.FlaggedShare > limit))
        {
            return ExitCode.Success;
        }

        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * result.FlaggedShare:F1} % of the rows are flagged, more than the {100 * limit:F1} % that --fail-over allows."));
        return ExitCode.TooManyFlagged;
    }

    // On standard error where the scores are on standard output.
    private static void Show(ToolConsole console, ScoreResult result)
    {
        string flagged = result.FlaggedShare is { } share
            ? string.Create(CultureInfo.InvariantCulture, $", {result.Flagged} of them ({100 * share:F1} %) flagged as out of distribution")
            : "";
        string leftOut = result.Unreadable.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {result.Unreadable.Count} left out as unreadable");
        string text = $"{result.Rows} rows scored{flagged}{leftOut}.";
        if (result.Output is null)
        {
            console.Remark(text);
        }
        else
        {
            console.Result(result, new Text($"{text} Written to {result.Output}."));
        }
    }
}
