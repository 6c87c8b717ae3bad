namespace Dime.Cluster.Parts;

/// <summary>A part that is being written.</summary>
internal sealed class PartDraft(PartFile part, string path) : IDisposable
{
    public string Path => path;

    /// <summary>Puts it in its place, unless another attempt was first.</summary>
    /// <returns>The hash of what is there then.</returns>
    public string Publish()
    {
        try
        {
            File.Move(path, part.Path, overwrite: false);
        }
        catch (IOException) when (File.Exists(part.Path))
        {
            // The same shard by the same settings: what is there is as good.
        }

        return part.Hash();
    }

    public void Dispose() => File.Delete(path);
}
