namespace Dime.MLNet.Serialization;

/// <summary>Files that appear whole or not at all.</summary>
internal static class WholeFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes a file, replacing one that exists once all of it is written.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        // Beside the file, because only within one volume is a move a rename.
        string partial = $"{Path.GetFullPath(path)}.{Path.GetRandomFileName()}";
        var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
