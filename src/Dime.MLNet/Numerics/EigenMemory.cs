using System.Runtime.InteropServices;

namespace Dime.MLNet.Numerics;

/// <summary>A zeroed block of doubles on a cache-line boundary, outside the garbage collected heap.</summary>
internal sealed unsafe class EigenMemory : IDisposable
{
    private const nuint CacheLine = 64;

    private double* _start;

    public EigenMemory(long count)
    {
        nuint bytes = checked((nuint)Math.Max(count, 1) * sizeof(double));
        _start = (double*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(_start, bytes);
    }

    ~EigenMemory() => Release();

    public double* Start => _start;

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
