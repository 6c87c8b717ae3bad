using System.Security.Cryptography;

namespace Dime.MLNet.Tests.Serialization;

/// <summary>Makes bad content, and asserts that it is rejected cheaply.</summary>
internal static class Hostile
{
    // One chunk of a megabyte is read before a claimed length is believed; the rest is room for the runtime.
    private const long AllowedBytes = 4 << 20;

    /// <summary>A copy with one to three bytes changed.</summary>
    public static byte[] Altered(ReadOnlySpan<byte> original, Random random)
    {
        byte[] bytes = original.ToArray();
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>Content under the seal that a forger would compute.</summary>
    public static byte[] Sealed(ReadOnlySpan<byte> content) => [.. content, .. SHA256.HashData(content)];

    public static InvalidDataException AssertRejected(byte[] content, Action<Stream> read, string message = "")
    {
        using var stream = new MemoryStream(content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => read(stream), message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.IsLessThan(AllowedBytes, allocated, message);
        return error;
    }
}
