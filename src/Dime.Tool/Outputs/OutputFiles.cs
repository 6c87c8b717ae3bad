using Dime.Tool.Terminal;

namespace Dime.Tool.Outputs;

/// <summary>
/// The files that a command writes. Each is written under another name and takes its place when it is complete; what is not
/// complete in the end, for whatever reason, is removed.
/// </summary>
internal sealed class OutputFiles : IDisposable
{
    private readonly object _lock = new();
    private readonly List<OutputFile> _open = [];
    private bool _isDisposed;

    /// <summary>The file that was opened last and given up; null where all are complete.</summary>
    public OutputFile? GivenUp { get; private set; }

    /// <summary>Opens a file for writing.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="inputs">The files that are read for it, none of which it may replace.</param>
    /// <exception cref="InputException">It is one of the inputs, the folder does not exist, or the file cannot be written.</exception>
    public OutputFile Create(string path, IEnumerable<string?> inputs)
    {
        var place = OutputPlace.Of(path);
        if (place.IsFile && inputs.Any(input => input is not null && RealPath.Comparer.Equals(RealPath.Of(input), place.Path)))
        {
            throw new InputException($"'{path}' would be replaced while it is being read; name another file with --output.");
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var file = new OutputFile(place, Forget);
            _open.Add(file);
            return file;
        }
    }

    public void Dispose()
    {
        OutputFile[] left;
        lock (_lock)
        {
            _isDisposed = true;
            left = [.. _open];
        }

        foreach (OutputFile file in left)
        {
            file.Dispose();
        }
    }

    private void Forget(OutputFile file)
    {
        lock (_lock)
        {
            _open.Remove(file);
            GivenUp = file.IsComplete ? GivenUp : file;
        }
    }
}
