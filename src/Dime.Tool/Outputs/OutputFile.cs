namespace Dime.Tool.Outputs;

/// <summary>An output that appears in its place only when it is complete.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly OutputPlace _place;
    private readonly string _temporary;
    private readonly Action<OutputFile> _ended;

    public OutputFile(OutputPlace place, Action<OutputFile> ended)
    {
        _place = place;
        _ended = ended;

        // Beside its place a file can be renamed into it; beside a pipe or a device nobody asked for files.
        string folder = place.IsFile ? Path.GetDirectoryName(place.Path)! : Path.GetTempPath();
        _temporary = Path.Combine(folder, $".{Path.GetFileName(place.Path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(e);
        }
    }

    /// <summary>Its place, as the user named it.</summary>
    public string Name => _place.Name;

    /// <summary>Whether it is in its place.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What is written.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts the file in its place, over a regular file that was there; to anything else there it gives its bytes.</summary>
    /// <exception cref="InputException">The place cannot be written to.</exception>
    public void Complete()
    {
        try
        {
            if (_place.IsFile)
            {
                Stream.Dispose();
                File.Move(_temporary, _place.Path, overwrite: true);
            }
            else
            {
                using var place = new FileStream(_place.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                Stream.Position = 0;
                Stream.CopyTo(place);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(e);
        }

        IsComplete = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(_temporary);
        _ended(this);
    }

    private InputException CannotWrite(Exception e) => new($"'{Name}' cannot be written there ({e.Message.TrimEnd('.')}); name another place.", e);
}
