using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dime.MLNet.Numerics;

/// <summary>
/// Memory that starts on a cache line and never moves. What lasts is collected like any array, so that no use of it can
/// come too late; what a computation needs for a while is given back at once, and its pages are first touched by the
/// threads that fill it.
/// </summary>
internal sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int CacheLine = 64;

    private readonly T[]? _array;
    private T* _start;

    private AlignedBuffer(long length)
    {
        int slack = CacheLine / sizeof(T);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - slack);

        // The pinned heap keeps the array where it is, so that the alignment found here lasts.
        _array = GC.AllocateArray<T>((int)length + slack, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        _start = (T*)((address + CacheLine - 1) & -CacheLine);
        Length = length;
        GC.SuppressFinalize(this);
    }

    private AlignedBuffer(long length, bool zeroed)
    {
        nuint bytes = checked((nuint)Math.Max(length, 1) * (nuint)sizeof(T));
        _start = (T*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        Length = length;
        if (zeroed)
        {
            NativeMemory.Clear(_start, bytes);
        }
    }

    ~AlignedBuffer() => Release();

    public long Length { get; }

    public T* Start => _start;

    public Span<T> Span => _array is null
        ? new Span<T>(_start, checked((int)Length))
        : _array.AsSpan((int)(_start - (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array))), (int)Length);

    /// <summary>Zeroed memory for as long as something refers to it; pin it with <c>fixed</c> to reach it.</summary>
    public static AlignedBuffer<T> Lasting(long length) => new(length);

    /// <summary>Memory with arbitrary contents, until it is disposed.</summary>
    public static AlignedBuffer<T> Uninitialized(long length) => new(length, zeroed: false);

    /// <summary>Zeroed memory, until it is disposed.</summary>
    public static AlignedBuffer<T> Zeroed(long length) => new(length, zeroed: true);

    // Of the array where there is one: what is pinned is not collected.
    public ref T GetPinnableReference() => ref _array is null || Length == 0 ? ref Unsafe.AsRef<T>(_start) : ref MemoryMarshal.GetReference(Span);

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_array is null)
        {
            NativeMemory.AlignedFree(_start);
        }

        _start = null;
    }
}
