using System.Buffers.Binary;
using System.Text;
using Microsoft.ML;

namespace Dime.MLNet.Internals;

/// <summary>What stands before and behind the content of a step in ML.NET's zip: who loads it, and its table of strings.</summary>
/// <param name="Loader">The loader's signature: ML.NET's name of what is loaded.</param>
/// <param name="Format">The signature of the content's format.</param>
/// <param name="FormatVersion">The version of the format: the major number in the upper half, the minor one in the lower.</param>
/// <param name="Assembly">The full name of the assembly with the loader; empty where the step names none.</param>
/// <param name="Strings">The strings that the content uses.</param>
internal sealed record SavedHeader(string Loader, string Format, uint FormatVersion, string Assembly, IReadOnlyList<string> Strings)
{
    // Names of assemblies and columns; a table beyond this is no pipeline's.
    private const int MostBytes = 1 << 24;

    /// <summary>Reads a step without making anything of its content.</summary>
    /// <param name="stream">The step, from its first byte to its last.</param>
    /// <param name="length">The number of bytes.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static SavedHeader Read(Stream stream, long length)
    {
        byte[] bytes = new byte[ModelHeader.Size];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException("it ends within its header");
        }

        ModelHeader.MarshalFromBytes(out ModelHeader header, bytes);
        Require(header.Signature == ModelHeader.SignatureValue, "it does not begin as a step does");
        Require(header.FpLim == length, "its length is not what its header says");

        // Strings stand behind the content, and the assembly's name behind them.
        long first = header.FpStringTable > 0 ? header.FpStringTable : header.FpAssemblyName;
        if (first == 0)
        {
            return new SavedHeader(LoaderOf(header), FormatOf(header), header.ModelVerWritten, "", []);
        }

        Require(first >= ModelHeader.Size && first <= length && length - first <= MostBytes, "its table of strings is not where it can be");
        Skip(stream, first - ModelHeader.Size);
        byte[] tail = new byte[length - first];
        Require(stream.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false) == tail.Length, "it ends too early");
        return new SavedHeader(
            LoaderOf(header),
            FormatOf(header),
            header.ModelVerWritten,
            header.FpAssemblyName == 0 ? "" : Text(tail, header.FpAssemblyName - first, header.CbAssemblyName),
            [.. StringsOf(header, tail, first)]);
    }

    private static IEnumerable<string> StringsOf(ModelHeader header, byte[] tail, long first)
    {
        if (header.FpStringTable == 0)
        {
            yield break;
        }

        long before = 0;
        for (long i = 0; i < header.CbStringTable / sizeof(long); i++)
        {
            long place = header.FpStringTable - first + (i * sizeof(long));
            Require(place >= 0 && place + sizeof(long) <= tail.Length, "its table of strings ends too late");
            long end = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan((int)place));
            Require(end >= before && end <= header.CbStringChars, "a string has no possible length");
            yield return Text(tail, header.FpStringChars - first + before, end - before);
            before = end;
        }
    }

    private static string Text(byte[] tail, long start, long bytes)
    {
        Require(start >= 0 && bytes >= 0 && start <= tail.Length && bytes <= tail.Length - start, "a string is not where it can be");
        return Encoding.Unicode.GetString(tail, (int)start, (int)bytes);
    }

    private static string LoaderOf(ModelHeader header) => ModelHeader.GetLoaderSig(ref header);

    private static string FormatOf(ModelHeader header)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, header.ModelSignature);

        // ML.NET writes zeros for spaces.
        return Encoding.Latin1.GetString(bytes).Replace('\0', ' ').TrimEnd();
    }

    private static void Skip(Stream stream, long count)
    {
        byte[] block = new byte[1 << 16];
        while (count > 0)
        {
            int read = stream.Read(block, 0, (int)Math.Min(count, block.Length));
            Require(read > 0, "it ends too early");
            count -= read;
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
