using System.Security.Cryptography;
using Dime.MLNet;

namespace Dime.Cluster.Parts;

/// <summary>A file of sums, which is in its place as a whole or not at all.</summary>
/// <param name="path">Its place.</param>
/// <param name="name">The name of its shard.</param>
internal sealed class PartFile(string path, string name)
{
    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    public string Path => path;

    /// <summary>Looks whether the part is there. What is damaged is removed, and made again.</summary>
    public InspectedPart? Inspect()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return DetectorSums.Load(path) is { Sources: [{ } source] } sums && source.Name == name ? new InspectedPart(sums.RowCount, HashOf(path)) : Remove();
        }
        catch (InvalidDataException)
        {
            return Remove();
        }
    }

    /// <summary>The hash of the file's bytes.</summary>
    public string Hash() => HashOf(path);

    /// <summary>Says what is wrong with a part that another process wrote; null where nothing is.</summary>
    /// <param name="sha256">What its hash should be.</param>
    /// <param name="time">The time.</param>
    public async Task<string?> FaultAsync(string sha256, TimeProvider time)
    {
        // Shared file systems show files of other machines some time later.
        DateTimeOffset until = time.GetUtcNow() + _visibility;
        while (!File.Exists(path))
        {
            if (time.GetUtcNow() >= until)
            {
                return $"it is not to be seen on {Environment.MachineName}; give --parts a folder that the coordinator and all workers share.";
            }

            await Task.Delay(_look, time).ConfigureAwait(false);
        }

        return Hash() == sha256 ? null : "its bytes are others here than there; remove it and start again.";
    }

    /// <summary>Opens a place for the part beside its own.</summary>
    /// <param name="run">The run that it is for.</param>
    public PartDraft CreateDraft(string run)
    {
        string folder = System.IO.Path.GetDirectoryName(path)!;
        return Directory.Exists(folder)
            ? new PartDraft(this, System.IO.Path.Combine(folder, $"{DraftPrefix(run)}{Guid.NewGuid():N}.tmp"))
            : throw new DirectoryNotFoundException($"There is no folder '{folder}' on {Environment.MachineName}; give --parts a folder that the coordinator and all workers share.");
    }

    /// <summary>Removes what attempts left that did not come to their end; those of other runs, which may share the folder, are not looked at.</summary>
    /// <param name="run">The run.</param>
    public void RemoveDrafts(string run)
    {
        foreach (string draft in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(path)!, $"{DraftPrefix(run)}*"))
        {
            File.Delete(draft);
        }
    }

    // Its name says what should be in it, so it is nobody else's.
    private InspectedPart? Remove()
    {
        File.Delete(path);
        return null;
    }

    private string DraftPrefix(string run) => $".{System.IO.Path.GetFileName(path)}.{run}.";

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}

/// <summary>A part that is whole.</summary>
/// <param name="Rows">The number of its rows.</param>
/// <param name="Sha256">The hash of its bytes.</param>
internal sealed record InspectedPart(long Rows, string Sha256);
