using System.Collections.Concurrent;

namespace Dime.Tool.Images;

/// <summary>What becomes of images that cannot be read: the first ends the command, or all are left out and remembered.</summary>
internal sealed class UnreadableImages(bool areSkipped)
{
    private readonly ConcurrentDictionary<string, string> _faults = new(StringComparer.Ordinal);

    /// <summary>Whether a command goes on without them.</summary>
    public bool AreSkipped => areSkipped;

    /// <summary>Those that were left out, in the order of their paths.</summary>
    public IReadOnlyList<UnreadableImage> Skipped =>
        [.. _faults.Select(fault => new UnreadableImage(fault.Key, fault.Value)).OrderBy(image => image.File, StringComparer.Ordinal)];

    /// <summary>Leaves an image out; any thread may.</summary>
    /// <exception cref="InputException">None is to be left out.</exception>
    public void Add(string file, string fault)
    {
        if (!areSkipped)
        {
            throw new InputException($"'{file}' {fault}; repair or remove it, or go on without such files with --skip-unreadable.");
        }

        _faults.TryAdd(file, fault);
    }

    /// <summary>Says of a folder that all its images were left out; null where some were not.</summary>
    public string? ExplainNone(string folder, long? count) => !_faults.IsEmpty && _faults.Count == count
        ? $"None of the {count} images in '{folder}' can be read: '{Skipped[0].File}' {Skipped[0].Fault}; name another folder."
        : null;
}

/// <summary>An image that cannot be read.</summary>
/// <param name="File">Its path.</param>
/// <param name="Fault">What is wrong with it.</param>
internal sealed record UnreadableImage(string File, string Fault);
