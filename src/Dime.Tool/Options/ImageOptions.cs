using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Models;
using Microsoft.ML.Transforms.Image;

namespace Dime.Tool.Options;

/// <summary>The options that say how images become the input of a network.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string?> _network = new("--onnx") { Description = "The network that embeds the images.", HelpName = "file" };
    private readonly Option<string?> _layer = new("--layer") { Description = "The tensor to watch by one DIME distance; if left out, an ensemble watches those that 'dime layers' plans.", HelpName = "tensor" };
    private readonly Option<(int, int)?> _size = new("--size")
    {
        Description = "Width and height that the network takes; read from it if left out.",
        HelpName = "WxH",
        CustomParser = OptionParsers.Size,
    };

    private readonly Option<ImageResizingEstimator.ResizingKind?> _resize = new("--resize")
    {
        Description = "How an image of another shape is made to fit; it is stretched (fill) if left out.",
        HelpName = "fill|pad|crop",
        CustomParser = OptionParsers.Word(
            ("fill", ImageResizingEstimator.ResizingKind.Fill),
            ("pad", ImageResizingEstimator.ResizingKind.IsoPad),
            ("crop", ImageResizingEstimator.ResizingKind.IsoCrop)),
    };

    private readonly Option<float[]?> _mean = new("--mean")
    {
        Description = "What is subtracted from red, green and blue, as if they ran from 0 to 1 (torchvision's convention).",
        HelpName = "r,g,b",
        CustomParser = OptionParsers.Colors,
    };

    private readonly Option<float[]?> _deviation = new("--std")
    {
        Description = "What they are divided by then. Without --mean and --std colours run from 0 to 255.",
        HelpName = "r,g,b",
        CustomParser = OptionParsers.Colors,
    };

    private readonly Option<bool> _bgr = new("--bgr") { Description = "The network takes blue first." };

    private Option[] All => [_network, _layer, _size, _resize, _mean, _deviation, _bgr];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_deviation)?.Any(value => value <= 0) is true)
            {
                result.AddError("The values of --std must be above 0.");
            }

            if (result.GetValue(_mean) is [_, ..] mean && mean.Any(value => value is < 0 or > 1))
            {
                result.AddError($"--mean is taken as if colours ran from 0 to 1, and so must its values.{Remedy(mean, result.GetValue(_deviation))}");
            }
        });
    }

    private static string Remedy(float[] mean, float[]? deviation)
    {
        if (mean.Any(value => value is < 0 or > ColorRange.Full))
        {
            return "";
        }

        string other = deviation?.Any(value => value >= 1) is true ? $" --std {ColorRange.OnUnitScale(deviation)}" : "";
        return $" If they are meant for colours from 0 to 255, give --mean {ColorRange.OnUnitScale(mean)}{other}.";
    }

    /// <summary>The first of these options that is given; null for none.</summary>
    public string? FirstGiven(CommandResult result) => result.FirstGiven(All);

    /// <summary>Whether a tensor is named.</summary>
    public bool HasLayer(CommandResult result) => result.GetValue(_layer) is not null;

    public bool HasNetwork(CommandResult result) => result.GetValue(_network) is not null;

    /// <summary>How images become the input of the network; null where none is named.</summary>
    public ImageSettings? Settings(ParseResult parsed) => parsed.GetValue(_network) is not { } network ? null : new ImageSettings(
        network,
        parsed.GetValue(_layer),
        parsed.GetValue(_size),
        parsed.GetValue(_resize) ?? ImageResizingEstimator.ResizingKind.Fill,
        parsed.GetValue(_mean) is [_, ..] mean ? mean : null,
        parsed.GetValue(_deviation) is [_, ..] deviation ? deviation : null,
        parsed.GetValue(_bgr));
}
