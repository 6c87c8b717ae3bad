namespace Dime.MLNet.Serialization;

/// <summary>Files that appear whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file, replacing one that exists once all of it is written.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        FileStream draft = Drafts.Create(Path.GetDirectoryName(full)!, Path.GetFileName(full));
        try
        {
            write(draft);
            Drafts.PutInPlace(draft, full);
        }
        catch
        {
            Drafts.Remove(draft);
            throw;
        }
    }
}
