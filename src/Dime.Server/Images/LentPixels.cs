using Microsoft.ML.Data;

namespace Dime.Server.Images;

/// <summary>The pixels of an image that wait to be scored, and the copy of them that a pipeline takes; both count as lent memory until they are disposed.</summary>
internal sealed class LentPixels(ImagePixels pixels, PixelMemory memory, long bytes) : IDisposable
{
    private readonly object _lock = new();
    private MLImage? _copy;
    private bool _isDisposed;

    public int Width => pixels.Width;

    public int Height => pixels.Height;

    /// <summary>How much memory the image takes.</summary>
    public long Bytes => bytes;

    /// <summary>The copy for the pipeline, made when it is first asked for. The threads of a pipeline hold it to the end of a batch.</summary>
    public MLImage ForPipeline()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _copy ??= pixels.ToMLImage();
        }
    }

    /// <summary>Gives up the copy: its batch is over.</summary>
    public void EndBatch()
    {
        lock (_lock)
        {
            _copy?.Dispose();
            _copy = null;
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
