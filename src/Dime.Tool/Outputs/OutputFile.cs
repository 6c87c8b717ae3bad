using Dime.Tool.Terminal;

namespace Dime.Tool.Outputs;

/// <summary>A file that appears under its name only when it is complete.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly Action<OutputFile> _ended;

    public OutputFile(string path, Action<OutputFile> ended)
    {
        Name = path;
        _path = Path.GetFullPath(path);
        _ended = ended;
        if (Directory.Exists(_path))
        {
            throw new InputException($"'{path}' is a folder; name a file in it.");
        }

        // Only a root has none, and that is a folder.
        string folder = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(folder))
        {
            throw new InputException($"The folder of '{path}' does not exist; create it first.");
        }

        _temporary = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{path}' cannot be written there ({e.Message.TrimEnd('.')}); name another place.", e);
        }
    }

    /// <summary>Its place, as the user named it.</summary>
    public string Name { get; }

    /// <summary>Whether it is in its place.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What is written.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts the file in its place, over what was there.</summary>
    public void Complete()
    {
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        IsComplete = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(_temporary);
        _ended(this);
    }
}
