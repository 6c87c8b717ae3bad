using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Fitting;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime accumulate</c>: sums a part of the training data, anywhere.</summary>
internal sealed class AccumulateCommand : ToolCommand
{
    private readonly InputOptions _input = new(takesSeveral: true);
    private readonly SumsOptions _sums;
    private readonly Option<string?> _source = new("--source")
    {
        Description = "The name of the part: another for each part, and the same whenever it is accumulated, as rows are held out by it; the name of the file or folder if left out. "
            + "\"\" is for data that is not in parts, and holds out the rows that 'dime fit' does.",
        HelpName = "name",
    };

    private readonly Option<string> _output = new("--output", "-o") { Description = "The sums, a file that 'dime merge' takes.", HelpName = "part.sums", Required = true };

    public AccumulateCommand()
        : base("accumulate", "Sums a part of the training data as 'fit' does, to be merged with others and fitted to by 'merge'. Several files or folders are a part each.")
    {
        _sums = new SumsOptions(_input);
        _input.AddTo(this);
        Add(_source, _output);
        _sums.AddTo(this);
        Validators.Add(Validate);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        SumsResult result = AccumulateJob.Run(
            context, new AccumulateSettings(Shards(parsed.CommandResult), _sums.Settings(parsed), parsed.GetRequiredValue(_output)));
        SkipUnreadableOption.Remark(context.Console, result.Unreadable);
        context.Console.RemarkOn([.. result.Columns]);
        context.Console.Result(result, new Text(result.Sentence));
        return ExitCode.Success;
    }

    private Shard[] Shards(CommandResult result) =>
        [.. _input.Paths(result).Select(path => new Shard(path, result.GetValue(_source) ?? Shard.NameOf(path) ?? ""))];

    private void Validate(CommandResult result)
    {
        IReadOnlyList<string> paths = _input.Paths(result);
        string? source = result.GetValue(_source);
        if (source is not null && paths.Count > 1)
        {
            result.AddError($"--source names one part, and {paths.Count} are given: leave it out, or accumulate each by itself.");
        }
        else if (source is null && paths.FirstOrDefault(path => Shard.NameOf(path) is null) is { } nameless)
        {
            result.AddError($"'{nameless}' has no name that tells it from other parts: give it one with --source, by itself.");
        }
        else if (Shards(result).GroupBy(shard => shard.Source).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            result.AddError($"{string.Join(" and ", twice.Select(shard => $"'{shard.Path}'"))} have the same name: accumulate each by itself, and give it another with --source.");
        }

        if (Path.GetExtension(result.GetValue(_output)) is ".zip")
        {
            result.AddError("--output would hold sums, not a model: name it as in part.sums and have 'dime merge' make a model of it, or use 'dime fit'.");
        }
    }
}
