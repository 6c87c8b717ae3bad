using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime fit</c>: learns what the training data looks like.</summary>
internal sealed class FitCommand : ToolCommand
{
    private readonly InputOptions _input = new();
    private readonly SumsOptions _sums;
    private readonly DetectorOptions _detector = new();
    private readonly Option<string> _output = new("--output", "-o") { Description = "The model, a zip that mlContext.Model.Load reads.", HelpName = "model.zip", Required = true };
    private readonly Option<string?> _calibration = new("--calibration") { Description = "Other in-distribution rows that teach how large distances usually are.", HelpName = "path" };

    public FitCommand()
        : base("fit", "Fits a detector to images that go through an ONNX network, or to embeddings.")
    {
        _sums = new SumsOptions(_input);
        _input.AddTo(this, _calibration);
        Add(_output);
        _sums.AddTo(this, _calibration, _detector.FirstOfDime);
        _detector.AddTo(this);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        string? calibration = parsed.GetValue(_calibration);
        FitResult result = FitJob.Run(context, new FitSettings(
            _input.Path(parsed),
            _sums.Settings(parsed, areHeldOut: calibration is null),
            _detector.Settings(parsed.CommandResult),
            calibration,
            parsed.GetRequiredValue(_output)));
        SkipUnreadableOption.Remark(context.Console, result.Unreadable);
        context.Console.RemarkOn(result.Columns, result.CalibrationColumns);
        context.Console.Result(result, new Text(result.Sentence));
        return ExitCode.Success;
    }
}
