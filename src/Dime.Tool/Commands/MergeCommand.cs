using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime merge</c>: puts the sums of parts together, and fits to them.</summary>
internal sealed class MergeCommand : ToolCommand
{
    private const string SumsExtension = ".sums";

    private readonly string[] _optionsOfSums;
    private readonly DetectorOptions _detector = new();
    private readonly Argument<string[]> _parts = new("parts")
    {
        Description = "Files that 'accumulate' wrote, or 'merge'. They are merged in the ordinal order of the files' names, so that the same parts give the same bits.",
        HelpName = "part.sums",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = $"The model, a zip that mlContext.Model.Load reads; or with a name in {SumsExtension} the sums of all parts, to be merged with others.",
        HelpName = $"model.zip|all{SumsExtension}",
        Required = true,
    };

    private readonly Option<string?> _network = new("--onnx") { Description = "The network that the parts were accumulated with, where they are of images.", HelpName = "file" };

    /// <param name="accumulate">The command that makes the parts, whose options are none of this one.</param>
    public MergeCommand(AccumulateCommand accumulate)
        : base("merge", "Merges what 'accumulate' wrote, and fits a detector to it as 'fit' does; or writes the sums of all.")
    {
        Add(_parts);
        Add(_output, _network);
        _detector.AddTo(this);
        _optionsOfSums = [.. accumulate.Options.Select(option => option.Name).Except(Options.Select(option => option.Name))];
        Validators.Add(Validate);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        var settings = new MergeSettings(
            parsed.GetRequiredValue(_parts),
            parsed.GetValue(_network),
            _detector.Settings(parsed.CommandResult),
            _detector.FirstOfDime(parsed.CommandResult),
            parsed.GetRequiredValue(_output));
        if (IsSums(settings.Output))
        {
            SumsResult sums = MergeJob.ToSums(context, settings);
            context.Console.Result(sums, new Text(sums.Sentence));
        }
        else
        {
            FitResult model = MergeJob.ToModel(context, settings);
            context.Console.Result(model, new Text(model.Sentence));
        }

        return ExitCode.Success;
    }

    private static bool IsSums(string? output) => Path.GetExtension(output)?.Equals(SumsExtension, StringComparison.OrdinalIgnoreCase) is true;

    private void Validate(CommandResult result)
    {
        // What is no option of this command is taken for a part.
        if (result.GetValue(_parts)?.FirstOrDefault(part => part.StartsWith("--", StringComparison.Ordinal) && !File.Exists(part)) is { } option)
        {
            result.AddError(_optionsOfSums.Contains(option.Split('=', ':')[0])
                ? $"{option} matters to the sums: give it to 'dime accumulate', for all parts alike."
                : $"'{option}' is no option of this command.");
        }

        if (IsSums(result.GetValue(_output)) && (_detector.FirstGiven(result) ?? result.FirstGiven(_network)) is { } ofModel)
        {
            result.AddError($"{ofModel} goes with a model, and --output names sums: give it when they are merged to a model.");
        }
    }
}
