using System.Globalization;
using System.Security.Cryptography;
using Dime.Tool.Models;
using Microsoft.ML.Transforms.Image;

namespace Dime.Tool.Fitting;

/// <summary>How images became embeddings, as sums carry it: the network by its hash, what was left to it said outright.</summary>
/// <param name="Sha256">The hash of the network's file.</param>
/// <param name="Layer">The tensor of one DIME distance; null for an ensemble.</param>
/// <param name="Classes">Where the classes came from; null where there are none.</param>
/// <param name="Size">Width and height.</param>
/// <param name="Resizing">How images were made to fit.</param>
/// <param name="Mean">What was subtracted from the colours; null where they were left as they are.</param>
/// <param name="Deviation">What they were divided by; null where they were left as they are.</param>
/// <param name="IsBgr">Whether blue came first.</param>
internal sealed record ImageProperties(
    string Sha256,
    string? Layer,
    ClassSource? Classes,
    (int Width, int Height) Size,
    ImageResizingEstimator.ResizingKind Resizing,
    IReadOnlyList<float>? Mean,
    IReadOnlyList<float>? Deviation,
    bool IsBgr)
{
    // These stand in files, and stay.
    private const string NetworkName = "network", LayerName = "layer", ClassesName = "classes", SizeName = "size", ResizeName = "resize",
        MeanName = "mean", DeviationName = "std", ColorsName = "colors", Rgb = "rgb", Bgr = "bgr";

    public static ImageProperties Of(ImageSettings settings, NetworkInput input, ClassSource? classes)
    {
        bool isNormalised = settings.Mean is not null || settings.Deviation is not null;
        return new ImageProperties(
            HashOf(settings.Network),
            settings.Layer,
            classes,
            ImagePipeline.SizeOf(settings, input),
            settings.Resizing,
            isNormalised ? settings.Mean ?? [0, 0, 0] : null,
            isNormalised ? settings.Deviation ?? [1, 1, 1] : null,
            settings.IsBgr);
    }

    /// <exception cref="KeyNotFoundException">One is missing.</exception>
    /// <exception cref="FormatException">One is none that this tool writes.</exception>
    /// <exception cref="ArgumentException">One is none that this tool writes.</exception>
    public static ImageProperties Of(IReadOnlyDictionary<string, string> properties)
    {
        int[] size = [.. properties[SizeName].Split('x').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return new ImageProperties(
            properties[NetworkName],
            properties.GetValueOrDefault(LayerName),
            properties.TryGetValue(ClassesName, out string? classes) ? Enum.Parse<ClassSource>(classes, ignoreCase: true) : null,
            size is [var width, var height] ? (width, height) : throw new FormatException(properties[SizeName]),
            Enum.Parse<ImageResizingEstimator.ResizingKind>(properties[ResizeName], ignoreCase: true),
            Colors(properties.GetValueOrDefault(MeanName)),
            Colors(properties.GetValueOrDefault(DeviationName)),
            properties[ColorsName] == Bgr);
    }

    /// <summary>The settings, with a network of this hash.</summary>
    /// <exception cref="InputException">The network is another.</exception>
    public ImageSettings With(string network, string part)
    {
        string hash = File.Exists(network) ? HashOf(network) : throw new InputException($"There is no network '{network}'; name the ONNX file that the parts were accumulated with.");
        return hash == Sha256
            ? new ImageSettings(network, Layer, Size, Resizing, Mean, Deviation, IsBgr)
            : throw new InputException($"'{network}' is not the network that '{part}' was accumulated with: its SHA-256 is {hash}, and that one's is {Sha256}; name that one with --onnx.");
    }

    public void AddTo(IDictionary<string, string> properties)
    {
        foreach ((string name, string? value) in Facts().Where(fact => fact.Value is not null))
        {
            properties.Add(name, value!);
        }
    }

    /// <summary>Says how other images became embeddings otherwise: a clause; null where they did alike.</summary>
    public string? DifferenceOf(ImageProperties other)
    {
        string[] differences =
        [
            .. Facts().Zip(other.Facts()).Where(pair => pair.First.Value != pair.Second.Value)
                .Select(pair => $"its {pair.First.Name} is {pair.Second.Value ?? "none"}, not {pair.First.Value ?? "none"}"),
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private (string Name, string? Value)[] Facts() =>
    [
        (NetworkName, Sha256),
        (LayerName, Layer),
        (ClassesName, Classes?.ToString().ToLowerInvariant()),
        (SizeName, string.Create(CultureInfo.InvariantCulture, $"{Size.Width}x{Size.Height}")),
        (ResizeName, Resizing.ToString().ToLowerInvariant()),
        (MeanName, Text(Mean)),
        (DeviationName, Text(Deviation)),
        (ColorsName, IsBgr ? Bgr : Rgb),
    ];

    private static string? Text(IReadOnlyList<float>? colors) =>
        colors is null ? null : string.Join(',', colors.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static float[]? Colors(string? text) => text?.Split(',').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray() switch
    {
        null => null,
        { Length: 3 } colors => colors,
        _ => throw new FormatException(text),
    };

    private static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
