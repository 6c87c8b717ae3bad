using System.IO.Compression;

namespace Dime.Documentation.Tests;

/// <summary>
/// The folder of a reader who follows a document from top to bottom: <c>network.onnx</c> and images in <c>train</c>,
/// <c>test</c> and <c>strange</c>, and what earlier programs wrote.
/// </summary>
internal sealed class ReaderFolder : IDisposable
{
    private const int Images = 200;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-");

    public ReaderFolder()
    {
        string data = System.IO.Path.Combine(AppContext.BaseDirectory, "data");
        File.Copy(System.IO.Path.Combine(data, "cifar10-resnet.onnx"), System.IO.Path.Combine(Path, "network.onnx"));
        using ZipArchive archive = ZipFile.OpenRead(System.IO.Path.Combine(data, "cifar10-sample.zip"));
        Unpack(archive, "train", "train");
        Unpack(archive, "test", "test");
        Unpack(archive, "ood-mnist", "strange");
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    private void Unpack(ZipArchive archive, string set, string name)
    {
        DirectoryInfo target = _folder.CreateSubdirectory(name);
        IEnumerable<ZipArchiveEntry> images = archive.Entries.Where(
            entry => entry.FullName.StartsWith($"{set}/", StringComparison.Ordinal) && entry.Name.EndsWith(".jpg", StringComparison.Ordinal));
        foreach ((ZipArchiveEntry image, int i) in images.Take(Images).Select((image, i) => (image, i)))
        {
            image.ExtractToFile(System.IO.Path.Combine(target.FullName, $"{i}.jpg"));
        }
    }
}
