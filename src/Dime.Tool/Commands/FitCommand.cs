using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.MLNet;
using Dime.Tool.Jobs;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime fit</c>: learns what the training data looks like.</summary>
internal sealed class FitCommand : ToolCommand
{
    private readonly InputOptions _input = new();
    private readonly ImageOptions _images = new();
    private readonly MethodOptions _method = new();
    private readonly Option<string> _output = new("--output", "-o") { Description = "The model, a zip that mlContext.Model.Load reads.", HelpName = "model.zip", Required = true };
    private readonly Option<int?> _rank = new("--rank")
    {
        Description = "The dimension of DIME's hyperplane; chosen by --explained-variance if left out.",
        HelpName = "k",
        CustomParser = OptionParsers.WholeNumber(least: 1),
    };

    private readonly Option<double?> _variance = new("--explained-variance")
    {
        Description = "The share of the variance that DIME's hyperplane shall explain; 99% if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<string?> _calibration = new("--calibration") { Description = "Other in-distribution rows that teach how large distances usually are.", HelpName = "path" };
    private readonly Option<double?> _calibrationShare = new("--calibration-share")
    {
        Description = "The share of the rows that is held out to calibrate on; 20% if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<bool> _noCalibration = new("--no-calibration") { Description = "Give DIME's distances only, no probabilities and no flags." };
    private readonly Option<double?> _outlierProbability = new("--outlier-probability")
    {
        Description = "The probability from which on a row is flagged; 95%, which flags about 5 % of in-distribution rows, if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<bool> _within = new("--within") { Description = "Give the distance within DIME's hyperplane too." };
    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Chooses the rows that are held out; 1 if left out.",
        HelpName = "number",
        CustomParser = OptionParsers.WholeNumber(least: 0),
    };

    public FitCommand()
        : base("fit", "Fits a detector to images that go through an ONNX network, or to embeddings.")
    {
        _input.AddTo(this, _calibration);
        _images.AddTo(this);
        _method.AddTo(this);
        Add(_output, _rank, _variance, _calibration, _calibrationShare, _noCalibration, _outlierProbability, _within, _seed);
        Validators.Add(Validate);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        FitResult result = FitJob.Run(context, new FitSettings(
            _input.Path(parsed),
            _images.Settings(parsed),
            _input.Embeddings(parsed),
            Detector(parsed.CommandResult),
            parsed.GetValue(_calibration),
            _input.SkipsUnreadable(parsed),
            parsed.GetValue(_seed) ?? 1,
            parsed.GetRequiredValue(_output)));
        SkipUnreadableOption.Remark(context.Console, result.Unreadable);
        context.Console.RemarkOn(result.Columns, result.CalibrationColumns);
        context.Console.Result(result, new Text(result.Sentence));
        return ExitCode.Success;
    }

    private DetectorSettings Detector(CommandResult result) => new(
        _method.Method(result, _input.HasImages(result), _images.HasLayer(result), _input.HasLabel(result)),
        _method.Classes(result),
        result.GetValue(_rank),
        result.GetValue(_variance) ?? 0.99,
        result.GetValue(_within),
        result.GetValue(_outlierProbability) ?? 0.95,
        CalibrationOf(result));

    private Calibration CalibrationOf(CommandResult result) =>
        result.GetValue(_calibration) is not null || result.GetValue(_noCalibration)
            ? Calibration.None
            : Calibration.HeldOut(result.GetValue(_calibrationShare) ?? 0.2);

    private string? FirstOfDime(CommandResult result) =>
        new Option[] { _rank, _variance, _noCalibration, _within }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name;

    private void Validate(CommandResult result)
    {
        if (_input.HasImages(result) && !_images.HasNetwork(result))
        {
            result.AddError("Images need a network that embeds them: name it with --onnx.");
        }
        else if (!_input.HasImages(result) && _images.FirstGiven(result) is { } option)
        {
            result.AddError($"{option} goes with --images: embeddings need no network.");
        }

        if (_method.Contradiction(result, _input.HasImages(result), _images.HasLayer(result), _input.HasLabel(result), FirstOfDime(result)) is { } contradiction)
        {
            result.AddError(contradiction);
        }

        if (result.GetValue(_rank) is not null && result.GetValue(_variance) is not null)
        {
            result.AddError("--rank and --explained-variance exclude each other: give one of them.");
        }

        if (new[] { result.GetValue(_calibration) is not null, result.GetValue(_calibrationShare) is not null, result.GetValue(_noCalibration) }.Count(given => given) > 1)
        {
            result.AddError("--calibration, --calibration-share and --no-calibration exclude each other: give one of them.");
        }

        if (result.GetValue(_calibrationShare) >= 1)
        {
            result.AddError("--calibration-share must be below 1: some rows must be left to fit to.");
        }
    }
}
