using Dime.MLNet;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Colors = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorBits;

namespace Dime.Tool.Models;

/// <summary>The pipeline from the path of an image to the embedding that a network gives it.</summary>
internal static class ImagePipeline
{
    /// <summary>The column of paths that the pipeline reads.</summary>
    public const string PathColumn = "Path";

    /// <summary>The column of embeddings that it appends.</summary>
    public const string FeatureColumn = "Features";

    private const string Image = "image";
    private const string Pixels = "pixels";
    private const float FullRange = 255;

    // In the order of --mean and --std.
    private static readonly (Colors Color, string Column, int Index)[] _planes =
    [
        (Colors.Red, "red", 0),
        (Colors.Green, "green", 1),
        (Colors.Blue, "blue", 2),
    ];

    /// <param name="mlContext">The context.</param>
    /// <param name="settings">How images become the network's input.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="layer">The tensor to monitor.</param>
    /// <exception cref="InputException">The settings do not fit the network.</exception>
    public static EstimatorChain<ITransformer> Create(MLContext mlContext, ImageSettings settings, NetworkInput input, string layer)
    {
        (int width, int height) = SizeOf(settings, input);
        EstimatorChain<ITransformer> pipeline = new EstimatorChain<ITransformer>()
            .Append<ITransformer>(mlContext.Transforms.LoadImages(Image, imageFolder: null, PathColumn))
            .Append<ITransformer>(mlContext.Transforms.ResizeImages(Image, width, height, resizing: settings.Resizing));
        if (input.IsGray)
        {
            pipeline = pipeline.Append<ITransformer>(mlContext.Transforms.ConvertToGrayscale(Image));
        }

        pipeline = settings.Mean is null && settings.Deviation is null
            ? pipeline.Append<ITransformer>(mlContext.Transforms.ExtractPixels(
                Pixels,
                Image,
                input.IsGray ? Colors.Red : Colors.Rgb,
                settings.IsBgr ? ImagePixelExtractingEstimator.ColorsOrder.ABGR : ImagePixelExtractingEstimator.ColorsOrder.ARGB,
                input.IsInterleaved,
                outputAsFloatArray: !input.IsBytes))
            : AppendNormalised(mlContext, pipeline, settings, input);
        return pipeline.Append<ITransformer>(mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            ModelFile = settings.Network,
            InputColumnNames = [Pixels],
            TensorNames = [layer],
            OutputColumnNames = [FeatureColumn],
        }));
    }

    // ExtractPixels shifts and scales all colours alike; with one step for each, every colour has its own mean and deviation.
    private static EstimatorChain<ITransformer> AppendNormalised(
        MLContext mlContext, EstimatorChain<ITransformer> pipeline, ImageSettings settings, NetworkInput input)
    {
        if (input.IsInterleaved || input.IsBytes)
        {
            throw new InputException($"--mean and --std are for networks that take planes of floating-point numbers; '{settings.Network}' takes others, leave them out.");
        }

        List<string> columns = [];
        foreach ((Colors color, string column, int index) in _planes.Take(input.IsGray ? 1 : _planes.Length))
        {
            float mean = settings.Mean?[index] ?? 0;
            float deviation = settings.Deviation?[index] ?? 1;
            columns.Add(column);
            pipeline = pipeline.Append<ITransformer>(mlContext.Transforms.ExtractPixels(
                column, Image, color, offsetImage: FullRange * mean, scaleImage: 1 / (FullRange * deviation)));
        }

        if (settings.IsBgr)
        {
            columns.Reverse();
        }

        return pipeline.Append<ITransformer>(mlContext.Transforms.Concatenate(Pixels, [.. columns]));
    }

    private static (int Width, int Height) SizeOf(ImageSettings settings, NetworkInput input)
    {
        if (settings.Size is not { } size)
        {
            return input is { Width: { } width, Height: { } height }
                ? (width, height)
                : throw new InputException($"'{settings.Network}' takes images of any size; give the one it was trained on with --size.");
        }

        return (input.Width ?? size.Width) == size.Width && (input.Height ?? size.Height) == size.Height
            ? size
            : throw new InputException($"'{settings.Network}' takes images of {input.Width}x{input.Height} pixels, not {size.Width}x{size.Height}; leave --size out.");
    }
}

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
