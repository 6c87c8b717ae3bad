namespace Dime.MLNet.Tests.Serialization;

/// <summary>Asserts that bad content is rejected cheaply.</summary>
internal static class Hostile
{
    // One chunk of a megabyte is read before a claimed length is believed; the rest is room for the runtime.
    private const long AllowedBytes = 4 << 20;

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
