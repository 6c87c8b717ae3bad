using System.Runtime.InteropServices;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>A block of doubles on a cache-line boundary, outside the garbage collected heap.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const nuint CacheLine = 64;

    private double* _start;

    private AlignedBuffer(nuint bytes)
    {
        _start = (double*)NativeMemory.AlignedAlloc(bytes, CacheLine);
    }

    ~AlignedBuffer() => Release();

    public double* Start => _start;

    /// <summary>Memory with arbitrary contents. Its pages are first touched by the threads that fill it, which is what costs.</summary>
    public static AlignedBuffer Uninitialized(long count) => new(Bytes(count));

    public static AlignedBuffer Zeroed(long count)
    {
        AlignedBuffer memory = Uninitialized(count);
        NativeMemory.Clear(memory._start, Bytes(count));
        return memory;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static nuint Bytes(long count) => checked((nuint)Math.Max(count, 1) * sizeof(double));

    private void Release()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
