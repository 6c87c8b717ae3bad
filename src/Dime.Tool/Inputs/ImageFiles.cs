using Dime.Tool.Terminal;

namespace Dime.Tool.Inputs;

/// <summary>
/// Finds the images below a folder. Each is found once, by whatever links it can be reached: hidden files and folders are
/// passed over, links that lead back are not followed, and a file or folder that also lies in the tree is found there.
/// </summary>
internal sealed class ImageFiles
{
    /// <summary>How names of images end.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"];

    private readonly List<string> _found = [];
    private readonly HashSet<string> _taken = new(RealPath.Comparer);
    private readonly SortedSet<string> _links = new(StringComparer.Ordinal);
    private readonly string _root;

    private ImageFiles(string folder) => _root = RealPath.Of(folder);

    /// <returns>The paths as they begin with the folder's, in ordinal order.</returns>
    public static IReadOnlyList<string> Find(string folder)
    {
        var files = new ImageFiles(folder);
        files.Enter(folder);
        while (files._links.Min is { } link)
        {
            files._links.Remove(link);
            files.Follow(link);
        }

        files._found.Sort(StringComparer.Ordinal);
        return files._found;
    }

    private static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.') || entry.Attributes.HasFlag(FileAttributes.Hidden);

    private static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private void Enter(string folder)
    {
        string real = RealPath.Of(folder);
        if (!_taken.Add(real))
        {
            return;
        }

        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => !IsHidden(entry)))
        {
            string path = Path.Join(folder, entry.Name);
            if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && entry.LinkTarget is not null)
            {
                _links.Add(path);
            }
            else if (entry is DirectoryInfo)
            {
                Enter(path);
            }
            else if (IsImage(path) && _taken.Add(Path.Join(real, entry.Name)))
            {
                _found.Add(path);
            }
        }
    }

    private void Follow(string link)
    {
        if (Directory.Exists(link))
        {
            // What leads back is the folder itself, or one that holds it or the link.
            string target = RealPath.Of(link);
            if (!RealPath.Holds(target, _root) && !RealPath.Holds(target, RealPath.Of(Path.GetDirectoryName(link)!)))
            {
                Enter(link);
            }
        }
        else if (IsImage(link) && _taken.Add(RealPathOrOwn(link)))
        {
            _found.Add(link);
        }
    }

    // Where a link leads nowhere, whoever reads it says so.
    private static string RealPathOrOwn(string link)
    {
        try
        {
            return RealPath.Of(link);
        }
        catch (IOException)
        {
            return Path.GetFullPath(link);
        }
    }
}
