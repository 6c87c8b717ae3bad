namespace Dime.Tool.Terminal;

/// <summary>The one path of a file or folder that can be reached by several: absolute, with all symbolic links followed.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>Compares real paths as the usual file systems of this operating system do.</summary>
    public static StringComparer Comparer =>
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Whether a folder is a path or lies above it; both are real paths.</summary>
    public static bool Holds(string folder, string path) =>
        Comparer.Equals(folder, path) || (Path.GetDirectoryName(path) is { } parent && Holds(folder, parent));

    /// <param name="path">The path of something that need not exist.</param>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        var ahead = new Stack<string>();
        string real = Enter(Path.GetFullPath(path), ahead);
        int links = 0;
        while (ahead.TryPop(out string? name))
        {
            string next = Path.Combine(real, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"'{path}' cannot be reached: symbolic links on the way lead in a circle; mend them.");
            }

            real = Enter(Path.GetFullPath(target, real), ahead);
        }

        return real;
    }

    // The root, with the names below it in line to be followed.
    private static string Enter(string full, Stack<string> ahead)
    {
        string root = Path.GetPathRoot(full)!;
        string[] names = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (int i = names.Length - 1; i >= 0; i--)
        {
            ahead.Push(names[i]);
        }

        return root;
    }
}
