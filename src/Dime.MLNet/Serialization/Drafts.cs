namespace Dime.MLNet.Serialization;

/// <summary>
/// Drafts of files: what is written stands beside its place, under a name of its own, until it is whole. A draft is locked as long as its process lives;
/// the next draft for the same place removes those whose process was killed.
/// </summary>
internal static class Drafts
{
    private const int BufferBytes = 1 << 16;
    private const int Attempts = 3;
    private const string Ending = ".tmp";

    private static readonly int _idLength = Guid.Empty.ToString("N").Length;

    /// <summary>Opens a draft, and removes drafts for the same place that no process has open any more.</summary>
    /// <param name="folder">The folder of the draft: that of the file, because only within one volume is a move a rename.</param>
    /// <param name="name">The name of the file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public static FileStream Create(string folder, string name)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = Path.Combine(folder, $"{PrefixOf(name)}{Guid.NewGuid():N}{Ending}");
            FileStream draft;
            try
            {
                draft = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferBytes);
            }
            catch (IOException) when (attempt < Attempts)
            {
                continue;
            }

            // Between its creation and its lock another process may have taken it for one that was left.
            if (!File.Exists(path) && attempt < Attempts)
            {
                draft.Dispose();
                continue;
            }

            RemoveLeft(folder, name, path);
            return draft;
        }
    }

    /// <summary>Puts a draft in the place of its file, over one that is there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public static void PutInPlace(FileStream draft, string path)
    {
        draft.Flush(flushToDisk: true);

        // While it is open, or another process would take it for one that was left.
        File.Move(draft.Name, path, overwrite: true);
        draft.Dispose();
    }

    /// <summary>Removes a draft, if that can be done: where a disk or a folder has failed there is another error to tell of.</summary>
    public static void Remove(FileStream draft)
    {
        try
        {
            // Writes what is still in its buffer, which a full disk does not take.
            draft.Dispose();
        }
        catch (IOException)
        {
        }

        try
        {
            File.Delete(draft.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next draft for this place removes it.
        }
    }

    private static void RemoveLeft(string folder, string name, string own)
    {
        try
        {
            string prefix = PrefixOf(name);
            string[] left = [.. Directory.EnumerateFiles(folder).Where(path => path != own && IsDraft(Path.GetFileName(path), prefix))];
            if (left.Length == 0 || !LocksHold(folder, own))
            {
                return;
            }

            foreach (string draft in left)
            {
                RemoveUnlessOpen(draft);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Tidying up is worth no failure.
        }
    }

    // A file system without locks, or with such that other machines do not see, tells nothing of whether a draft is left.
    private static bool LocksHold(string folder, string own)
    {
        if (new DriveInfo(folder).DriveType is DriveType.Network or DriveType.Unknown)
        {
            return false;
        }

        // As whoever looks for drafts that were left opens them.
        try
        {
            new FileStream(own, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void RemoveUnlessOpen(string draft)
    {
        try
        {
            new FileStream(draft, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody writes to it, or it is somebody else's.
        }
    }

    // Hidden; drafts of drafts keep the name before theirs.
    private static string PrefixOf(string name) => name.StartsWith('.') ? $"{name}." : $".{name}.";

    private static bool IsDraft(string name, string prefix) =>
        name.Length == prefix.Length + _idLength + Ending.Length
        && name.StartsWith(prefix, StringComparison.Ordinal)
        && name.EndsWith(Ending, StringComparison.Ordinal)
        && name.Skip(prefix.Length).Take(_idLength).All(char.IsAsciiHexDigitLower);
}
