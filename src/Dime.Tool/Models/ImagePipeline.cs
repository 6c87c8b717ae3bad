using Dime.MLNet;
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

    /// <summary>The column of images between the first step and the pixels.</summary>
    public const string ImageColumn = "image";

    /// <summary>The column of the network's input.</summary>
    public const string PixelColumn = "pixels";

    // In the order of --mean and --std.
    private static readonly (Colors Color, string Column, int Index)[] _planes =
    [
        (Colors.Red, "red", 0),
        (Colors.Green, "green", 1),
        (Colors.Blue, "blue", 2),
    ];

    /// <summary>The first step, from paths to images.</summary>
    public static ITransformer CreateLoader(MLContext mlContext) =>
        mlContext.Transforms.LoadImages(ImageColumn, imageFolder: null, PathColumn).Fit(mlContext.Data.LoadFromEnumerable<PathRow>([]));

    /// <summary>The other steps, from images to embeddings.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="settings">How images become the network's input.</param>
    /// <param name="network">The network, for images of the size that it will be given.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="layer">The tensor to monitor.</param>
    /// <exception cref="InputException">The settings do not fit the network.</exception>
    public static EstimatorChain<ITransformer> Create(MLContext mlContext, ImageSettings settings, OnnxGraph network, NetworkInput input, MonitoredLayer layer) =>
        AppendPixels(mlContext, CreateResizing(mlContext, settings, input), settings, input)
            .Append<ITransformer>(mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
            {
                Graph = network,
                InputColumnNames = [PixelColumn],
                TensorNames = [layer.Name],
                OutputColumnNames = [FeatureColumn],
                TokenPooling = layer.TokenPooling,
            }));

    /// <summary>The step from images of any size to images as large as the network takes, in <see cref="ImageColumn"/>.</summary>
    /// <exception cref="InputException">The settings do not fit the network.</exception>
    public static EstimatorChain<ITransformer> CreateResizing(MLContext mlContext, ImageSettings settings, NetworkInput input)
    {
        (int width, int height) = SizeOf(settings, input);
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(mlContext.Transforms.ResizeImages(ImageColumn, width, height, resizing: settings.Resizing));
    }

    /// <summary>The steps from such images to the network's input, in <see cref="PixelColumn"/>.</summary>
    /// <exception cref="InputException">The settings do not fit the network.</exception>
    public static EstimatorChain<ITransformer> AppendPixels(
        MLContext mlContext, EstimatorChain<ITransformer> pipeline, ImageSettings settings, NetworkInput input)
    {
        if (input.IsGray)
        {
            pipeline = pipeline.Append<ITransformer>(mlContext.Transforms.ConvertToGrayscale(ImageColumn));
        }

        return settings.Mean is null && settings.Deviation is null
            ? pipeline.Append<ITransformer>(mlContext.Transforms.ExtractPixels(
                PixelColumn,
                ImageColumn,
                input.IsGray ? Colors.Red : Colors.Rgb,
                settings.IsBgr ? ImagePixelExtractingEstimator.ColorsOrder.ABGR : ImagePixelExtractingEstimator.ColorsOrder.ARGB,
                input.IsInterleaved,
                outputAsFloatArray: !input.IsBytes))
            : AppendNormalised(mlContext, pipeline, settings, input);
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
                column, ImageColumn, color, offsetImage: ColorRange.Full * mean, scaleImage: 1 / (ColorRange.Full * deviation)));
        }

        if (settings.IsBgr)
        {
            columns.Reverse();
        }

        return pipeline.Append<ITransformer>(mlContext.Transforms.Concatenate(PixelColumn, [.. columns]));
    }

    /// <summary>Width and height of what a network is given.</summary>
    /// <exception cref="InputException">They are not those that the network takes, or nobody says them.</exception>
    public static (int Width, int Height) SizeOf(ImageSettings settings, NetworkInput input)
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

    private sealed class PathRow
    {
        [ColumnName(PathColumn)]
        public string Path { get; set; } = "";
    }
}

/// <summary>How images become the input of a network.</summary>
/// <param name="Network">The file of the network.</param>
/// <param name="Layer">The tensor to monitor; null for the one that is recommended, or those that an ensemble chooses.</param>
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
