using Dime.MLNet.Serialization;

namespace Dime.MLNet.Detection.Training;

/// <summary>Memory for rows, side by side in blocks that grow with the rows that there are: no object for each, and none of great size for few.</summary>
internal sealed class RowMemory(int width)
{
    private const int BlockValues = 1 << 18;

    private readonly Stack<Memory<float>> _released = [];
    private float[] _block = [];
    private int _used;
    private int _rows;

    /// <summary>Memory of a row that nothing else uses, with any values.</summary>
    public Memory<float> Next()
    {
        if (_released.TryPop(out Memory<float> row))
        {
            return row;
        }

        if (_used == _block.Length)
        {
            _block = GC.AllocateUninitializedArray<float>(width * Math.Clamp(_rows, 1, Math.Max(1, BlockValues / width)));
            _used = 0;
        }

        row = _block.AsMemory(_used, width);
        _used += width;
        _rows++;
        return row;
    }

    /// <summary>Memory of a row with these values.</summary>
    public Memory<float> CopyOf(ReadOnlySpan<float> values)
    {
        Memory<float> row = Next();
        values.CopyTo(row.Span);
        return row;
    }

    /// <summary>Memory of a row with the values that come next. It is not more than twice what has been read, whatever width a file claims.</summary>
    public Memory<float> Read(SealedReader reader)
    {
        if (_rows == 0)
        {
            _rows++;
            return reader.ReadSingles(width);
        }

        Memory<float> row = Next();
        reader.ReadSingles(row.Span);
        return row;
    }

    /// <summary>Gives the memory of a row that is not needed any more to another.</summary>
    public void Release(Memory<float> row) => _released.Push(row);
}
