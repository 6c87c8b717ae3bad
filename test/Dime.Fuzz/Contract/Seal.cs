using System.Security.Cryptography;

namespace Dime.Fuzz.Contract;

/// <summary>The hash at the end of content, which lets nothing through that was altered.</summary>
internal static class Seal
{
    /// <summary>The content as it is, and with the hash that it would need: what a forger sends.</summary>
    public static IEnumerable<byte[]> BothWays(byte[] content)
    {
        yield return content;
        if (content.Length > SHA256.HashSizeInBytes)
        {
            ReadOnlyMemory<byte> body = content.AsMemory(0, content.Length - SHA256.HashSizeInBytes);
            yield return [.. body.Span, .. SHA256.HashData(body.Span)];
        }
    }
}
