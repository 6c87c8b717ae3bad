using System.Text.RegularExpressions;
using Dime.MLNet.Serialization;

namespace Dime.Tool.Outputs;

/// <summary>An output that appears in its place only when it is complete.</summary>
internal sealed partial class OutputFile : IDisposable
{
    private readonly OutputPlace _place;
    private readonly Action<OutputFile> _ended;

    public OutputFile(OutputPlace place, Action<OutputFile> ended)
    {
        _place = place;
        _ended = ended;

        // Beside its place a file can be renamed into it; beside a pipe or a device nobody asked for files.
        string folder = place.IsFile ? Path.GetDirectoryName(place.Path)! : Path.GetTempPath();
        try
        {
            Stream = Drafts.Create(folder, Path.GetFileName(place.Path));
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
                Drafts.PutInPlace(Stream, _place.Path);
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
        Drafts.Remove(Stream);
        _ended(this);
    }

    /// <summary>A sentence about this file where it speaks of the draft, and the same sentence where it does not.</summary>
    public string Named(string sentence) => sentence.Contains(Stream.Name, StringComparison.Ordinal) ? CannotWrite(sentence) : sentence;

    private InputException CannotWrite(Exception e) => new(CannotWrite(e.Message), e);

    private string CannotWrite(string reason) => $"'{Name}' cannot be written there ({DraftName().Replace(reason, "").TrimEnd('.')}); name another place.";

    // The user knows of no draft.
    [GeneratedRegex(@"( : )?'[^']*\.[0-9a-f]{32}\.tmp'")]
    private static partial Regex DraftName();
}
