using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dime.Documentation.Tests.Formats;

/// <summary>Reads sealed files as docs/file-formats.md describes them; knows nothing that does not stand there.</summary>
internal sealed class FormatReader
{
    private const int SealBytes = 32;

    private readonly byte[] _bytes;
    private int _position;

    private FormatReader(byte[] bytes, string magic, int newestVersion)
    {
        _bytes = bytes;
        Assert.AreEqual(magic, Encoding.ASCII.GetString(Bytes(8)));
        Version = Int32();
        Assert.IsInRange(1, newestVersion, Version);
    }

    public int Version { get; }

    /// <summary>Reads a whole file, and sees that its fields end where its seal begins, and that the seal is right.</summary>
    public static T ReadAll<T>(byte[] bytes, string magic, int newestVersion, Func<FormatReader, T> read)
    {
        var reader = new FormatReader(bytes, magic, newestVersion);
        T content = read(reader);
        Assert.AreEqual(bytes.Length - SealBytes, reader._position, "the fields do not end where the seal begins");
        CollectionAssert.AreEqual(SHA256.HashData(bytes.AsSpan(0, bytes.Length - SealBytes)), bytes[^SealBytes..]);
        return content;
    }

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Bytes(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(8));

    public bool Bool()
    {
        byte value = Bytes(1)[0];
        Assert.IsInRange(0, 1, (int)value);
        return value == 1;
    }

    public string? TextOrNone() => Bool() ? Encoding.UTF8.GetString(Bytes(Int32())) : null;

    public string Text()
    {
        string? text = TextOrNone();
        Assert.IsNotNull(text);
        return text;
    }

    public byte[] Bytes(int count)
    {
        _position += count;
        return _bytes[(_position - count).._position];
    }

    public float[] Singles(int count) => [.. Enumerable.Range(0, count).Select(_ => Single())];

    public double[] Doubles(int count) => [.. Enumerable.Range(0, count).Select(_ => Double())];

    public T[] ListOf<T>(Func<T> read) => [.. Enumerable.Range(0, Int32()).Select(_ => read())];
}
