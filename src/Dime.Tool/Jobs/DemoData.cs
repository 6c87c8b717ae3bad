using System.IO.Compression;

namespace Dime.Tool.Jobs;

/// <summary>The sample data that comes with the program, unpacked where the user can use it again.</summary>
internal sealed class DemoData
{
    private const string NetworkName = "cifar10-resnet.onnx";
    private const string ArchiveName = "cifar10-sample.zip";
    private const string ImagesName = "images";

    /// <summary>The names of what the demonstration makes.</summary>
    public const string Model = "model.zip", Scores = "scores.csv", Report = "report.html", Guarded = "guarded.onnx";

    private static readonly string[] _names = [NetworkName, ImagesName, Model, Scores, Report, Guarded];

    private readonly string _folder;

    private DemoData(string folder) => _folder = folder;

    /// <summary>A network that was trained on CIFAR-10.</summary>
    public string Network => Path.Combine(_folder, NetworkName);

    /// <exception cref="InputException">The data did not come with the program, or the folder cannot be made or holds other files.</exception>
    public static DemoData Unpack(string folder)
    {
        string packed = Path.Combine(AppContext.BaseDirectory, "data");
        string archive = Path.Combine(packed, ArchiveName);
        if (!File.Exists(archive))
        {
            throw new InputException($"The sample data is not beside the program ('{archive}'); install or build it again.");
        }

        if (File.Exists(folder))
        {
            throw new InputException($"'{folder}' is a file; name another folder with --output.");
        }

        Directory.CreateDirectory(folder);
        RequireOwn(folder);
        var data = new DemoData(folder);

        // First, as the mark of a demonstration's folder.
        File.Copy(Path.Combine(packed, NetworkName), data.Network, overwrite: true);
        ZipFile.ExtractToDirectory(archive, Path.Combine(folder, ImagesName), overwriteFiles: true);
        return data;
    }

    // A model or a report of the user's own may have the same name as one of the demonstration's.
    private static void RequireOwn(string folder)
    {
        string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry))];
        if (names.Except(_names).FirstOrDefault() is { } other)
        {
            throw new InputException($"The folder '{folder}' holds '{other}', which is not of a demonstration; name a new folder with --output.");
        }

        if (names.Length > 0 && !names.Contains(NetworkName))
        {
            throw new InputException($"The folder '{folder}' holds '{names[0]}', which the demonstration would replace; name a new folder with --output.");
        }
    }

    /// <summary>The folder of a set of images.</summary>
    public string Images(string set) => Path.Combine(_folder, ImagesName, set);

    /// <summary>A file that the demonstration makes.</summary>
    public string Output(string name) => Path.Combine(_folder, name);
}
