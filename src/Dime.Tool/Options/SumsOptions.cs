using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Fitting;

namespace Dime.Tool.Options;

/// <summary>The options that say what is summed of rows: those that matter to sums.</summary>
/// <param name="input">The rows.</param>
internal sealed class SumsOptions(InputOptions input)
{
    private readonly ImageOptions _images = new();
    private readonly MethodOptions _method = new();
    private readonly Option<double?> _calibrationShare = new("--calibration-share")
    {
        Description = "The share of the rows that is held out to calibrate on; 20% if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<bool> _noCalibration = new("--no-calibration") { Description = "Give DIME's distances only, no probabilities and no flags." };
    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Chooses the rows that are held out; 1 if left out.",
        HelpName = "number",
        CustomParser = OptionParsers.WholeNumber(least: 0),
    };

    /// <param name="command">The command.</param>
    /// <param name="calibration">Another option that names the rows to calibrate on; null where there is none.</param>
    /// <param name="ofDime">Says which other given option is for one DIME distance alone; null where there is none.</param>
    public void AddTo(Command command, Option<string?>? calibration = null, Func<CommandResult, string?>? ofDime = null)
    {
        _images.AddTo(command);
        _method.AddTo(command);
        if (calibration is not null)
        {
            command.Add(calibration);
        }

        command.Add(_calibrationShare);
        command.Add(_noCalibration);
        command.Add(_seed);
        command.Validators.Add(result =>
        {
            ValidateInput(result, ofDime?.Invoke(result));
            Option[] choices = [.. new Option?[] { calibration, _calibrationShare, _noCalibration }.OfType<Option>()];
            if (choices.Count(option => result.FirstGiven(option) is not null) > 1)
            {
                string names = string.Join(", ", choices.SkipLast(1).Select(option => option.Name));
                result.AddError($"{names} and {choices[^1].Name} exclude each other: give one of them.");
            }

            if (result.GetValue(_calibrationShare) >= 1)
            {
                result.AddError("--calibration-share must be below 1: some rows must be left to fit to.");
            }
        });
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="areHeldOut">Whether rows are held out where nothing else is said.</param>
    public SumsSettings Settings(ParseResult parsed, bool areHeldOut = true)
    {
        CommandResult result = parsed.CommandResult;
        return new SumsSettings(
            _method.Method(result, input.HasImages(result), _images.HasLayer(result), input.HasLabel(result)),
            _method.Classes(result),
            _images.Settings(parsed),
            input.Embeddings(parsed),
            areHeldOut && !result.GetValue(_noCalibration) ? result.GetValue(_calibrationShare) ?? 0.2 : null,
            input.SkipsUnreadable(parsed),
            result.GetValue(_seed) ?? 1);
    }

    private void ValidateInput(CommandResult result, string? ofDime)
    {
        if (input.HasImages(result) && !_images.HasNetwork(result))
        {
            result.AddError("Images need a network that embeds them: name it with --onnx.");
        }
        else if (!input.HasImages(result) && _images.FirstGiven(result) is { } option)
        {
            result.AddError($"{option} goes with --images: embeddings need no network.");
        }

        if (_method.Contradiction(
            result, input.HasImages(result), _images.HasLayer(result), input.HasLabel(result), ofDime ?? result.FirstGiven(_noCalibration)) is { } contradiction)
        {
            result.AddError(contradiction);
        }
    }
}
