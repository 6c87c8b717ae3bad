using System.IO.Compression;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>The sample network, and a few of the sample images.</summary>
internal static class SampleData
{
    public const string Layer = "/l2/l2.1/Relu_1_output_0";

    public static string Network => Path.Combine(AppContext.BaseDirectory, "data", "cifar10-resnet.onnx");

    /// <summary>Unpacks the first images of a set into a folder.</summary>
    public static string Unpack(string set, int count, TemporaryFolder folder)
    {
        string target = folder[set];
        Directory.CreateDirectory(target);
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, "data", "cifar10-sample.zip"));
        IEnumerable<ZipArchiveEntry> images = archive.Entries.Where(entry => entry.FullName.StartsWith(set + "/", StringComparison.Ordinal) && entry.Name.Length > 0);
        foreach ((ZipArchiveEntry image, int number) in images.Take(count).Select((image, i) => (image, i)))
        {
            image.ExtractToFile(Path.Combine(target, $"{number:D4}.jpg"));
        }

        return target;
    }
}
