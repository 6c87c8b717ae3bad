namespace Dime.Server.Images;

/// <summary>How much memory the pixels of all images take that were decoded and are not done with.</summary>
/// <param name="most">The most bytes.</param>
internal sealed class PixelMemory(long most)
{
    private long _lent;

    /// <summary>The bytes that are taken now.</summary>
    public long Lent => Interlocked.Read(ref _lent);

    /// <summary>Takes memory for an image, where there is enough; an image alone is always let in.</summary>
    public bool TryTake(long bytes)
    {
        long now = Interlocked.Add(ref _lent, bytes);
        if (now <= most || now == bytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _lent, -bytes);
}
