using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Dime.Tool.Terminal;

namespace Dime.Tool.Inputs;

/// <summary>A matrix in NumPy's format (<c>numpy.save</c>): rows of 16-, 32- or 64-bit floating-point numbers.</summary>
internal sealed partial class NpyEmbeddings : IEmbeddingReader
{
    private const int LongestHeader = 1 << 16;

    private static readonly byte[] _magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private readonly string _path;
    private readonly long _start;
    private readonly int _itemSize;

    public NpyEmbeddings(string path)
    {
        _path = path;
        using FileStream stream = File.OpenRead(path);
        string header = ReadHeader(stream);
        _start = stream.Position;
        _itemSize = ItemSize(header);
        if (!RowMajor().IsMatch(header))
        {
            throw new InputException($"'{path}' holds a matrix column by column; save numpy.ascontiguousarray(matrix) instead.");
        }

        (RowCount, Dimension) = Shape(header);
        if (Dimension > Array.MaxLength / _itemSize)
        {
            throw new InputException($"'{path}' has rows of {Dimension} values, which is more than can be read; save a matrix with a row for each embedding.");
        }

        long needed = checked(_start + (RowCount.Value * Dimension * _itemSize));
        if (stream.Length < needed)
        {
            throw new InputException($"'{path}' is cut short: its header tells of {needed} bytes, it has {stream.Length}; save it again.");
        }
    }

    public int Dimension { get; }

    public long? RowCount { get; }

    public IEnumerable<EmbeddingRow> Read()
    {
        using FileStream stream = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20);
        stream.Position = _start;
        var bytes = new byte[Dimension * _itemSize];
        for (long row = 0; row < RowCount; row++)
        {
            stream.ReadExactly(bytes);
            yield return new EmbeddingRow { Id = row.ToString(CultureInfo.InvariantCulture), Features = Values(bytes) };
        }
    }

    public void Dispose()
    {
    }

    private string ReadHeader(FileStream stream)
    {
        Span<byte> start = stackalloc byte[8];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(_magic))
        {
            throw new InputException($"'{_path}' is not in NumPy's format; write it with numpy.save.");
        }

        // Versions 2 and 3 have a longer length.
        Span<byte> length = stackalloc byte[sizeof(uint)];
        length.Clear();
        int read = stream.ReadAtLeast(length[..(start[6] == 1 ? sizeof(ushort) : sizeof(uint))], 1, throwOnEndOfStream: false);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (read == 0 || count == 0 || count > LongestHeader || count > stream.Length - stream.Position)
        {
            throw new InputException($"'{_path}' is cut short or damaged in its header; save it again.");
        }

        var header = new byte[count];
        stream.ReadExactly(header);
        return Encoding.UTF8.GetString(header);
    }

    private int ItemSize(string header)
    {
        string type = ItemType().Match(header).Groups[1].Value;
        return type switch
        {
            "<f2" => sizeof(ushort),
            "<f4" => sizeof(float),
            "<f8" => sizeof(double),
            _ => throw new InputException($"'{_path}' holds items of type '{type}'; save matrix.astype(numpy.float32) instead."),
        };
    }

    private (long Rows, int Dimension) Shape(string header)
    {
        Match match = ShapeOfMatrix().Match(header);
        if (match.Success
            && long.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out long rows)
            && int.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out int dimension)
            && dimension > 0
            && rows <= long.MaxValue / dimension / sizeof(double) / 2)
        {
            return (rows, dimension);
        }

        throw new InputException($"'{_path}' is not a matrix of rows and values: its header says {header.Trim()}; save an array of two dimensions.");
    }

    private float[] Values(byte[] bytes)
    {
        var values = new float[Dimension];
        switch (_itemSize)
        {
            case sizeof(float):
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case sizeof(double):
                Convert(MemoryMarshal.Cast<byte, double>(bytes), values, value => (float)value);
                break;
            default:
                Convert(MemoryMarshal.Cast<byte, Half>(bytes), values, value => (float)value);
                break;
        }

        return values;
    }

    private static void Convert<T>(ReadOnlySpan<T> from, float[] to, Func<T, float> convert)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = convert(from[i]);
        }
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex ItemType();

    [GeneratedRegex(@"'fortran_order'\s*:\s*False")]
    private static partial Regex RowMajor();

    [GeneratedRegex(@"'shape'\s*:\s*\(\s*(\d+)\s*,\s*(\d+)\s*,?\s*\)")]
    private static partial Regex ShapeOfMatrix();
}
