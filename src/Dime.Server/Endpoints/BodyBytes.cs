using System.Buffers;

namespace Dime.Server.Endpoints;

/// <summary>A body, or a part of one, read whole into lent memory.</summary>
internal sealed class BodyBytes : IDisposable
{
    private const int LeastSize = 16 * 1024;

    private byte[] _lent;
    private int _length;

    private BodyBytes(int size) => _lent = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlySpan<byte> Span => _lent.AsSpan(0, _length);

    /// <param name="stream">The body; whoever gives it limits its length.</param>
    /// <param name="length">Its length, where it says so.</param>
    /// <param name="cancelled">Ends the reading.</param>
    public static async Task<BodyBytes> ReadAsync(Stream stream, long? length, CancellationToken cancelled)
    {
        // No more than a little is lent on a client's mere word.
        var body = new BodyBytes((int)Math.Clamp((length ?? 0) + 1, LeastSize, 64 * LeastSize));
        try
        {
            int read;
            while ((read = await stream.ReadAsync(body._lent.AsMemory(body._length), cancelled).ConfigureAwait(false)) > 0)
            {
                body._length += read;
                body.EnsureSpace();
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_lent);
        _lent = [];
        _length = 0;
    }

    private void EnsureSpace()
    {
        if (_length == _lent.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(2 * _lent.Length);
            _lent.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_lent);
            _lent = larger;
        }
    }
}
