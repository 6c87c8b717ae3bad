using Microsoft.ML.Transforms.Image;

namespace Dime.Tool.Models;

/// <summary>How images become the input of a network.</summary>
/// <param name="Network">The file of the network.</param>
/// <param name="Layer">The tensor to monitor; null for the one that is recommended.</param>
/// <param name="Size">Width and height; null to take the network's.</param>
/// <param name="Resizing">How an image of another size is made to fit.</param>
/// <param name="Mean">What is subtracted from red, green and blue, in units of the full range; null for nothing.</param>
/// <param name="Deviation">What the three are divided by then, in units of the full range; null for 1. Without both, values are from 0 to 255.</param>
/// <param name="IsBgr">Whether blue comes first.</param>
internal sealed record ImageSettings(
    string Network,
    string? Layer = null,
    (int Width, int Height)? Size = null,
    ImageResizingEstimator.ResizingKind Resizing = ImageResizingEstimator.ResizingKind.Fill,
    IReadOnlyList<float>? Mean = null,
    IReadOnlyList<float>? Deviation = null,
    bool IsBgr = false);
