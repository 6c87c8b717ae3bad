using System.IO.Compression;
using Dime.Tool.Terminal;

namespace Dime.Tool.Jobs;

/// <summary>The sample data that comes with the program, unpacked where the user can use it again.</summary>
internal sealed class DemoData
{
    private const string NetworkName = "cifar10-resnet.onnx";
    private const string ArchiveName = "cifar10-sample.zip";

    private readonly string _folder;

    private DemoData(string folder) => _folder = folder;

    /// <summary>A network that was trained on CIFAR-10.</summary>
    public string Network => Path.Combine(_folder, NetworkName);

    /// <exception cref="InputException">The data did not come with the program, or the folder cannot be made.</exception>
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

        var data = new DemoData(folder);
        ZipFile.ExtractToDirectory(archive, Path.Combine(folder, "images"), overwriteFiles: true);
        File.Copy(Path.Combine(packed, NetworkName), data.Network, overwrite: true);
        return data;
    }

    /// <summary>The folder of a set of images.</summary>
    public string Images(string set) => Path.Combine(_folder, "images", set);

    /// <summary>A file that the demonstration makes.</summary>
    public string Output(string name) => Path.Combine(_folder, name);
}
