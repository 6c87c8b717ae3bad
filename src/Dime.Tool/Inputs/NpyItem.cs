using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Dime.Tool.Inputs;

/// <summary>How NumPy writes a number: its <c>dtype</c>.</summary>
/// <param name="Kind">b for truth values, i and u for whole numbers with and without a sign, f for floating-point numbers.</param>
/// <param name="Size">Bytes of an item.</param>
/// <param name="IsBigEndian">Whether the highest byte comes first.</param>
internal sealed record NpyItem(char Kind, int Size, bool IsBigEndian)
{
    /// <param name="type">What the header says, as in <c>&lt;f4</c>; no kind of number that can be read gives null.</param>
    public static NpyItem? Of(string type)
    {
        NpyItem? item = type is [var order and ('<' or '>' or '|' or '='), var kind, var size] ? new NpyItem(kind, size - '0', order == '>') : null;
        return item is { Kind: 'b', Size: 1 } or { Kind: 'i' or 'u', Size: 1 or 2 or 4 or 8 } or { Kind: 'f', Size: 2 or 4 or 8 } ? item : null;
    }

    /// <summary>Items in single precision. The bytes are put into this machine's order.</summary>
    /// <param name="bytes">As many items as there are values.</param>
    /// <param name="values">Where they go.</param>
    public void Read(Span<byte> bytes, Span<float> values)
    {
        if (IsBigEndian == BitConverter.IsLittleEndian)
        {
            Reverse(bytes);
        }

        switch (Kind, Size)
        {
            case ('f', sizeof(float)):
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case ('f', sizeof(double)):
                Convert<double>(bytes, values);
                break;
            case ('f', _):
                Convert<Half>(bytes, values);
                break;
            case ('b', _):
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = bytes[i] == 0 ? 0 : 1;
                }

                break;
            case ('i', sizeof(sbyte)):
                Convert<sbyte>(bytes, values);
                break;
            case ('i', sizeof(short)):
                Convert<short>(bytes, values);
                break;
            case ('i', sizeof(int)):
                Convert<int>(bytes, values);
                break;
            case ('i', _):
                Convert<long>(bytes, values);
                break;
            case (_, sizeof(byte)):
                Convert<byte>(bytes, values);
                break;
            case (_, sizeof(ushort)):
                Convert<ushort>(bytes, values);
                break;
            case (_, sizeof(uint)):
                Convert<uint>(bytes, values);
                break;
            default:
                Convert<ulong>(bytes, values);
                break;
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, Span<float> values)
        where T : unmanaged, INumberBase<T> => NumberType.Convert(MemoryMarshal.Cast<byte, T>(bytes), values);

    private void Reverse(Span<byte> bytes)
    {
        switch (Size)
        {
            case sizeof(ushort):
                Span<ushort> two = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(two, two);
                break;
            case sizeof(uint):
                Span<uint> four = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case sizeof(ulong):
                Span<ulong> eight = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
        }
    }
}

/// <summary>Numbers of one type as another's.</summary>
internal static class NumberType
{
    /// <param name="from">As many numbers as there is room for.</param>
    /// <param name="to">Where they go, rounded; floating-point numbers beyond the range are infinite.</param>
    public static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
        }
    }
}
