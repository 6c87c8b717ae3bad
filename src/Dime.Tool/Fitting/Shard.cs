using Dime.Tool.Inputs;

namespace Dime.Tool.Fitting;

/// <summary>A part of the data that is summed by itself.</summary>
/// <param name="Path">The folder of images, or the file of embeddings.</param>
/// <param name="Source">Its name among the parts, which with the seed and a row's number decides whether the row is held out; "" for data that is not in parts.</param>
internal sealed record Shard(string Path, string Source)
{
    /// <summary>The name of a file or folder; null for standard input and roots, which have none.</summary>
    public static string? NameOf(string path) => path != EmbeddingFile.StandardInput
        && System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))) is { Length: > 0 } name
            ? name
            : null;
}
