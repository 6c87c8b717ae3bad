using System.Security.Cryptography;

namespace Dime.MLNet.Serialization;

/// <summary>
/// The SHA-256 of bytes that come in pieces. Hashing takes as long as all else that is done with large content, so it is done beside it, a block
/// behind; content of less than a block starts no thread.
/// </summary>
internal sealed class SealHash : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _block = new byte[1 << 12];
    private byte[] _spare = [];
    private int _filled;
    private Task _behind = Task.CompletedTask;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _block.Length - _filled)
        {
            if (_block.Length < BlockBytes)
            {
                Array.Resize(ref _block, (int)Math.Min(BlockBytes, Math.Max(_block.Length * 4L, _filled + (long)bytes.Length)));
                continue;
            }

            int room = _block.Length - _filled;
            bytes[..room].CopyTo(_block.AsSpan(_filled));
            bytes = bytes[room..];
            HandOver();
        }

        bytes.CopyTo(_block.AsSpan(_filled));
        _filled += bytes.Length;
    }

    /// <summary>The hash of all bytes; nothing may follow.</summary>
    public byte[] Finish()
    {
        _behind.GetAwaiter().GetResult();
        _hash.AppendData(_block, 0, _filled);
        return _hash.GetHashAndReset();
    }

    public void Dispose()
    {
        // It must not be hashed with when it is gone.
        _behind.Wait();
        _hash.Dispose();
    }

    private void HandOver()
    {
        _behind.GetAwaiter().GetResult();
        byte[] full = _block;
        _block = _spare.Length == BlockBytes ? _spare : GC.AllocateUninitializedArray<byte>(BlockBytes);
        _spare = full;
        _filled = 0;
        _behind = Task.Run(() => _hash.AppendData(full));
    }
}
