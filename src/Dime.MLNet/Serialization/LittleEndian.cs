using System.Runtime.InteropServices;

namespace Dime.MLNet.Serialization;

/// <summary>Arrays of numbers seen as the bytes of the file format.</summary>
internal static class LittleEndian
{
    public static ReadOnlySpan<byte> BytesOf<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        RequireLittleEndian();
        return MemoryMarshal.AsBytes(values);
    }

    public static Span<byte> BytesOf<T>(Span<T> values)
        where T : unmanaged
    {
        RequireLittleEndian();
        return MemoryMarshal.AsBytes(values);
    }

    // ML.NET itself runs on little-endian processors only, so there is nothing to convert to.
    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Dime.MLNet reads and writes models on little-endian processors only.");
        }
    }
}
