using System.Buffers.Binary;
using System.Text;

namespace Dime.MLNet.Serialization;

/// <summary>
/// Writes little-endian values between a header (magic, version) and a SHA-256 seal, so that a reader can tell a
/// file that was cut short or altered from a good one.
/// </summary>
internal sealed class SealedWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly SealHash _hash = new();

    public SealedWriter(Stream stream, ReadOnlySpan<byte> magic, int version)
    {
        _stream = stream;
        Append(magic);
        Write(version);
    }

    public void Write(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Append(bytes);
    }

    public void Write(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Append(bytes);
    }

    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    public void Write(bool value) => Append([value ? (byte)1 : (byte)0]);

    /// <summary>Writes a string, or that there is none.</summary>
    public void Write(string? value)
    {
        Write(value is not null);
        if (value is not null)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            Write(bytes.Length);
            Append(bytes);
        }
    }

    public void Write(ReadOnlySpan<byte> values) => Append(values);

    public void Write(ReadOnlySpan<float> values) => Append(LittleEndian.BytesOf(values));

    public void Write(ReadOnlySpan<double> values) => Append(LittleEndian.BytesOf(values));

    /// <summary>Writes the seal, and returns it; nothing may follow.</summary>
    public byte[] Seal()
    {
        byte[] seal = _hash.Finish();
        _stream.Write(seal);
        return seal;
    }

    public void Dispose() => _hash.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        _stream.Write(bytes);
    }
}
