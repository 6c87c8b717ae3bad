using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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
    private readonly Option<string> _output = new("--output", "-o") { Description = "The model, a zip that mlContext.Model.Load reads.", HelpName = "model.zip", Required = true };
    private readonly Option<int?> _rank = new("--rank")
    {
        Description = "The dimension of the hyperplane; chosen by --explained-variance if left out.",
        HelpName = "k",
        CustomParser = OptionParsers.WholeNumber(least: 1),
    };

    private readonly Option<double?> _variance = new("--explained-variance")
    {
        Description = "The share of the variance that the hyperplane shall explain; 99% if left out.",
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

    private readonly Option<bool> _noCalibration = new("--no-calibration") { Description = "Give distances only, no probabilities and no flags." };
    private readonly Option<double?> _outlierProbability = new("--outlier-probability")
    {
        Description = "The probability from which on a row is flagged; 95%, which flags about 5 % of in-distribution rows, if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<bool> _within = new("--within") { Description = "Give the distance within the hyperplane too." };
    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Chooses the rows that are held out; 1 if left out.",
        HelpName = "number",
        CustomParser = OptionParsers.WholeNumber(least: 0),
    };

    public FitCommand()
        : base("fit", "Fits a detector to images that go through an ONNX network, or to embeddings.")
    {
        _input.AddTo(this);
        _images.AddTo(this);
        Add(_output, _rank, _variance, _calibration, _calibrationShare, _noCalibration, _outlierProbability, _within, _seed);
        Validators.Add(Validate);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        FitResult result = FitJob.Run(context, new FitSettings(
            _input.Path(parsed),
            _images.Settings(parsed),
            _input.Embeddings(parsed),
            Detector(parsed),
            parsed.GetValue(_calibration),
            parsed.GetValue(_seed) ?? 1,
            parsed.GetRequiredValue(_output)));
        foreach (string warning in result.Warnings)
        {
            context.Console.Remark(warning);
        }

        string what = result.Layer is null ? "" : $" at {result.Layer}";
        context.Console.Result(result, new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Rows} rows{what}: a hyperplane of rank {result.Rank} in {result.Dimension} dimensions explains {100 * result.ExplainedVariance:F1} %. Saved to {result.Model}.")));
        return ExitCode.Success;
    }

    private DimeOptions Detector(ParseResult parsed)
    {
        bool within = parsed.GetValue(_within);
        return new DimeOptions
        {
            Rank = parsed.GetValue(_rank),
            ExplainedVarianceThreshold = parsed.GetValue(_variance) ?? 0.99,
            OutlierProbability = parsed.GetValue(_outlierProbability) ?? 0.95,
            WithinDistanceColumnName = within ? "DimeWithinDistance" : null,
            WithinProbabilityColumnName = within ? "DimeWithinProbability" : null,
            Calibration = CalibrationOf(parsed),
        };
    }

    private Calibration CalibrationOf(ParseResult parsed) =>
        parsed.GetValue(_calibration) is not null || parsed.GetValue(_noCalibration)
            ? Calibration.None
            : Calibration.HeldOut(parsed.GetValue(_calibrationShare) ?? 0.2);

    private void Validate(CommandResult result)
    {
        if (_input.HasImages(result) && !_images.HasNetwork(result))
        {
            result.AddError("Images need a network that embeds them: name it with --onnx.");
        }
        else if (!_input.HasImages(result) && _images.HasNetwork(result))
        {
            result.AddError("--onnx goes with --images: embeddings need no network.");
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
