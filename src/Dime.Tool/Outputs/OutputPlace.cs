using System.Formats.Tar;
using Dime.Tool.Terminal;

namespace Dime.Tool.Outputs;

/// <summary>Where an output goes: a file that is put in place as a whole, or something else that takes bytes, such as a pipe.</summary>
/// <param name="Name">The place as the user named it.</param>
/// <param name="Path">The path to write to, with symbolic links followed.</param>
/// <param name="IsFile">Whether a file may take this place, because there is none or a regular one.</param>
internal sealed record OutputPlace(string Name, string Path, bool IsFile)
{
    /// <exception cref="InputException">It is a folder, or in a folder that does not exist.</exception>
    public static OutputPlace Of(string name)
    {
        if (IsOfKernel(System.IO.Path.GetFullPath(name)))
        {
            return new OutputPlace(name, System.IO.Path.GetFullPath(name), IsFile: false);
        }

        string path = RealPath.Of(name);
        if (Directory.Exists(path))
        {
            throw new InputException($"'{name}' is a folder; name a file in it.");
        }

        // Only a root has none, and that is a folder.
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(path)!))
        {
            throw new InputException($"The folder of '{name}' does not exist; create it first.");
        }

        return new OutputPlace(name, path, IsFile: !IsOfKernel(path) && (!File.Exists(path) || IsRegular(path)));
    }

    // Devices, and the descriptors of processes: links there need not lead to a path. /dev/shm holds ordinary files.
    private static bool IsOfKernel(string path) => !OperatingSystem.IsWindows()
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
        && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    // .NET tells the kind of a file only where it makes an entry of an archive for it. Of an empty file that copies nothing,
    // and what is not a regular file is empty.
    private static bool IsRegular(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path).Length > 0)
        {
            return true;
        }

        try
        {
            using var archive = new MemoryStream();
            using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
            {
                writer.WriteEntry(path, "entry");
            }

            archive.Position = 0;
            using var reader = new TarReader(archive);
            return reader.GetNextEntry()?.EntryType == TarEntryType.RegularFile;
        }
        catch (IOException)
        {
            // A socket has no place in an archive.
            return false;
        }
    }
}
