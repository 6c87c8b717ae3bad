using System.Buffers.Binary;
using System.Text;

namespace Dime.MLNet.Serialization;

/// <summary>
/// Reads what <see cref="SealedWriter"/> wrote. Nothing it says may be trusted before <see cref="CheckSeal"/>, so
/// arrays grow with the bytes that really arrive, whatever length the file claims.
/// </summary>
internal sealed class SealedReader : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _stream;
    private readonly string _what;
    private readonly SealHash _hash = new();

    /// <param name="stream">Where to read.</param>
    /// <param name="magic">The bytes the content starts with.</param>
    /// <param name="newestVersion">The newest version that this code can read; versions count from 1.</param>
    /// <param name="what">What the content is, for messages.</param>
    /// <exception cref="InvalidDataException">It starts otherwise, or its version is not between 1 and <paramref name="newestVersion"/>.</exception>
    public SealedReader(Stream stream, ReadOnlySpan<byte> magic, int newestVersion, string what)
    {
        _stream = stream;
        _what = what;

        Span<byte> found = stackalloc byte[magic.Length];
        Fill(found);
        if (!found.SequenceEqual(magic))
        {
            throw Invalid("it does not start as one does");
        }

        Version = ReadInt32();
        if (Version < 1)
        {
            throw Invalid($"its version is {Version}");
        }

        if (Version > newestVersion)
        {
            throw new InvalidDataException(
                $"The {what} has format version {Version}; this Dime.MLNet reads versions up to {newestVersion}. Update the Dime.MLNet package.");
        }
    }

    /// <summary>The version of the content, from 1 to the newest that can be read.</summary>
    public int Version { get; }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    public bool ReadBoolean()
    {
        Span<byte> value = stackalloc byte[1];
        Fill(value);
        return value[0] switch
        {
            0 => false,
            1 => true,
            var other => throw Invalid($"a flag is {other}"),
        };
    }

    /// <summary>Reads a count and checks that it is at least <paramref name="minimum"/>.</summary>
    public int ReadCount(string name, int minimum = 0)
    {
        int count = ReadInt32();
        return count >= minimum ? count : throw Invalid($"its {name} is {count}");
    }

    public string? ReadString()
    {
        if (!ReadBoolean())
        {
            return null;
        }

        byte[] bytes = ReadArray<byte>(ReadCount("string length"));
        try
        {
            return _utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Invalid("a text in it is no UTF-8");
        }
    }

    /// <summary>Reads a string that must be there.</summary>
    public string ReadName() => ReadString() ?? throw Invalid("a name is missing");

    /// <summary>Reads a list that grows with what really arrives, whatever number the file claims.</summary>
    public T[] ReadAll<T>(string count, Func<T> read)
    {
        int claimed = ReadCount(count);
        var all = new List<T>();
        while (all.Count < claimed)
        {
            all.Add(read());
        }

        return [.. all];
    }

    public byte[] ReadBytes(long count) => ReadArray<byte>(count);

    public float[] ReadSingles(long count) => ReadArray<float>(count);

    /// <summary>Reads values into memory that is there already.</summary>
    public void ReadSingles(Span<float> values) => Fill(LittleEndian.BytesOf(values));

    public double[] ReadDoubles(long count) => ReadArray<double>(count);

    /// <summary>Reads the seal, compares, and returns it.</summary>
    /// <exception cref="InvalidDataException">The content is not what was written.</exception>
    public byte[] CheckSeal()
    {
        byte[] expected = _hash.Finish();
        Span<byte> found = stackalloc byte[expected.Length];
        FillWithoutHash(found);
        if (!found.SequenceEqual(expected))
        {
            throw Invalid("its checksum does not match: it was altered");
        }

        return expected;
    }

    /// <exception cref="InvalidDataException">The condition does not hold.</exception>
    public void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Invalid(otherwise);
        }
    }

    /// <summary>The error for content that contradicts itself.</summary>
    public InvalidDataException Invalid(string reason) => new($"This is not a valid {_what}: {reason}.");

    public void Dispose() => _hash.Dispose();

    private unsafe T[] ReadArray<T>(long count)
        where T : unmanaged
    {
        if (count < 0 || count > Array.MaxLength)
        {
            throw Invalid($"it claims an array of {count} values");
        }

        T[] values = GC.AllocateUninitializedArray<T>((int)Math.Min(count, ChunkBytes / sizeof(T)));
        int filled = 0;
        while (true)
        {
            Fill(LittleEndian.BytesOf(values.AsSpan(filled)));
            filled = values.Length;
            if (filled == count)
            {
                return values;
            }

            Array.Resize(ref values, (int)Math.Min(count, filled * 2L));
        }
    }

    private void Fill(Span<byte> bytes)
    {
        FillWithoutHash(bytes);
        _hash.Append(bytes);
    }

    private void FillWithoutHash(Span<byte> bytes)
    {
        if (_stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Invalid("it ends too early");
        }
    }
}
