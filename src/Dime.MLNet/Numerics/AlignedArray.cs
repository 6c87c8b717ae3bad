using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dime.MLNet.Numerics;

/// <summary>A zeroed array that starts on a cache line and never moves; pin it with <c>fixed</c> to reach it.</summary>
internal sealed unsafe class AlignedArray<T>
    where T : unmanaged
{
    private const int CacheLine = 64;

    private readonly T[] _array;
    private readonly int _start;

    public AlignedArray(long length)
    {
        int slack = CacheLine / sizeof(T);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - slack);

        // The pinned heap keeps the array where it is, so that the alignment found here lasts.
        _array = GC.AllocateArray<T>((int)length + slack, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        _start = (int)(-address & (CacheLine - 1)) / sizeof(T);
        Length = (int)length;
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_start, Length);

    public ref T GetPinnableReference() => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start);
}
