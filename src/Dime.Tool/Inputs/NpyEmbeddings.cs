using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Dime.Tool.Inputs;

/// <summary>
/// A matrix in NumPy's format (<c>numpy.save</c>) of floating-point numbers, whole numbers or truth values, row by row or
/// column by column (Fortran's order). It is read in blocks of rows.
/// </summary>
internal sealed partial class NpyEmbeddings : IEmbeddingReader
{
    private const int LongestHeader = 1 << 16;

    // Rows of a matrix that stands column by column are read by blocks, with a read for each column: not too short, and within the cache.
    private const int BlockValues = 1 << 22;

    // What a row costs beside its values, in values: short rows would take far more memory than the file.
    private const int RowOverhead = 8;

    private static readonly byte[] _magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private readonly string _path;
    private readonly long _start;
    private readonly NpyItem _item;
    private readonly bool _isByColumn;
    private readonly long _rowCount;
    private readonly int _dimension;

    /// <param name="path">The file.</param>
    /// <param name="model">What the model takes; null where one is to be fitted.</param>
    public NpyEmbeddings(string path, ColumnLayout? model)
    {
        _path = path;
        using FileStream stream = File.OpenRead(path);
        string header = ReadHeader(stream);
        _start = stream.Position;
        _item = ItemOf(header);
        _isByColumn = ColumnMajor().IsMatch(header);
        (_rowCount, _dimension) = Shape(header);
        if (_dimension > Array.MaxLength / sizeof(double))
        {
            throw new InputException($"'{path}' has rows of {_dimension} values, which is more than can be read; save a matrix with a row for each embedding.");
        }

        long needed = checked(_start + (_rowCount * _dimension * _item.Size));
        if (stream.Length < needed)
        {
            throw new InputException($"'{path}' is cut short: its header tells of {needed} bytes, it has {stream.Length}; save it again.");
        }

        Columns = new TakenColumns(path, Id: null, Features: null, _dimension, LeftOut: [], MatchedByName: model is null ? null : false);
    }

    public ColumnLayout Layout => new(_dimension, Names: null);

    public TakenColumns Columns { get; }

    public long? RowCount => _rowCount;

    public IEnumerable<EmbeddingRow> Read()
    {
        long row = 0;
        foreach (float[] values in _isByColumn ? ReadByColumn() : ReadByRow())
        {
            yield return new EmbeddingRow { Id = row.ToString(CultureInfo.InvariantCulture), Features = values };
            row++;
        }
    }

    public void Dispose()
    {
    }

    private IEnumerable<float[]> ReadByRow()
    {
        using FileStream stream = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20);
        stream.Position = _start;
        byte[] bytes = new byte[_dimension * _item.Size];
        for (long row = 0; row < RowCount; row++)
        {
            stream.ReadExactly(bytes);
            float[] values = new float[_dimension];
            _item.Read(bytes, values);
            yield return values;
        }
    }

    private IEnumerable<float[]> ReadByColumn()
    {
        using FileStream stream = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        int most = (int)Math.Min(_rowCount, Math.Max(1, BlockValues / (_dimension + RowOverhead)));
        byte[] bytes = new byte[most * _item.Size];
        float[] column = new float[most];
        for (long first = 0; first < _rowCount; first += most)
        {
            int count = (int)Math.Min(most, _rowCount - first);
            float[][] rows = [.. Enumerable.Range(0, count).Select(_ => new float[_dimension])];
            for (int i = 0; i < _dimension; i++)
            {
                stream.Position = _start + (((i * _rowCount) + first) * _item.Size);
                Span<byte> items = bytes.AsSpan(0, count * _item.Size);
                stream.ReadExactly(items);
                _item.Read(items, column.AsSpan(0, count));
                for (int row = 0; row < count; row++)
                {
                    rows[row][i] = column[row];
                }
            }

            foreach (float[] row in rows)
            {
                yield return row;
            }
        }
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

        byte[] header = new byte[count];
        stream.ReadExactly(header);
        return Encoding.UTF8.GetString(header);
    }

    private NpyItem ItemOf(string header)
    {
        string type = ItemType().Match(header).Groups[1].Value.Trim('\'');
        return NpyItem.Of(type)
            ?? throw new InputException($"'{_path}' holds items of type '{type}', which are no numbers that can be read; save matrix.astype(numpy.float32) instead.");
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

    [GeneratedRegex(@"'descr'\s*:\s*('[^']*'|\[[^\]]*\])")]
    private static partial Regex ItemType();

    [GeneratedRegex(@"'fortran_order'\s*:\s*True")]
    private static partial Regex ColumnMajor();

    [GeneratedRegex(@"'shape'\s*:\s*\(\s*(\d+)\s*,\s*(\d+)\s*,?\s*\)")]
    private static partial Regex ShapeOfMatrix();
}
