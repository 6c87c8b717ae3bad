using Microsoft.ML.Data;

namespace Dime.Server.Images;

/// <summary>The pixels of an image that wait to be scored, and the copies of them that a pipeline takes; they count as lent memory until they are disposed.</summary>
internal sealed class LentPixels(ImagePixels pixels, PixelMemory memory, long bytes) : IDisposable
{
    private readonly object _lock = new();
    private readonly List<MLImage> _copies = [];
    private bool _isDisposed;

    public int Width => pixels.Width;

    public int Height => pixels.Height;

    /// <summary>How much memory the image takes.</summary>
    public long Bytes => bytes;

    /// <summary>A copy for a stage of the pipeline: each that asks disposes its own, at the end of a batch or before.</summary>
    public MLImage ForPipeline()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var copy = pixels.ToMLImage();
            _copies.Add(copy);
            return copy;
        }
    }

    /// <summary>Gives up the copies: their batch is over.</summary>
    public void EndBatch()
    {
        lock (_lock)
        {
            foreach (MLImage copy in _copies)
            {
                copy.Dispose();
            }

            _copies.Clear();
        }
    }

    /// <summary>A small copy to look at.</summary>
    public Thumbnail ToThumbnail() => Thumbnail.Of(pixels);

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        EndBatch();
        pixels.Dispose();
        memory.Return(bytes);
    }
}
