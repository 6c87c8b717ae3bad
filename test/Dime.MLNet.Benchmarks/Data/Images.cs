using System.IO.Compression;

namespace Dime.MLNet.Benchmarks.Data;

/// <summary>Pixels of random images, and the sample's files.</summary>
internal static class Images
{
    public const int Size = 32;
    private const int Values = 3 * Size * Size;

    public static string Network => Path.Combine(AppContext.BaseDirectory, "data", "cifar10-resnet.onnx");

    public static float[] RandomPixels(int rows)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, rows * Values).Select(_ => (float)random.Next(256))];
    }

    public static IEnumerable<ImageRow> Rows(float[] pixels) => pixels.Chunk(Values).Select(image => new ImageRow { Pixels = image });

    /// <summary>Unpacks the sample; returns the paths of its images.</summary>
    public static ImagePath[] Unpack(string folder)
    {
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "data", "cifar10-sample.zip"), folder);
        return [.. Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => new ImagePath { Path = path })];
    }
}
