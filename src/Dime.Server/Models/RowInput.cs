using Dime.Server.Images;

namespace Dime.Server.Models;

/// <summary>A row to score: an image or an embedding.</summary>
/// <param name="id">What tells it from others.</param>
internal sealed class RowInput(string id) : IDisposable
{
    public string Id { get; } = id;

    /// <summary>The image, upright; null for an embedding.</summary>
    public LentPixels? Image { get; init; }

    /// <summary>The embedding; null for an image.</summary>
    public float[]? Embedding { get; init; }

    public void Dispose() => Image?.Dispose();
}
