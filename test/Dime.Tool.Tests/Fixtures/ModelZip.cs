using System.IO.Compression;
using System.Security.Cryptography;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>The zip of a pipeline, without the times of its entries.</summary>
internal static class ModelZip
{
    /// <summary>The names of its entries with the hashes of their bytes.</summary>
    public static string[] ContentOf(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        Assert.IsNotEmpty(zip.Entries);
        return [.. zip.Entries.Select(HashOf)];
    }

    private static string HashOf(ZipArchiveEntry entry)
    {
        using Stream bytes = entry.Open();
        return $"{entry.FullName} {Convert.ToHexString(SHA256.HashData(bytes))}";
    }
}
