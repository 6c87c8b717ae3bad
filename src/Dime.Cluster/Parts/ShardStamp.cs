using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dime.Cluster.Parts;

/// <summary>What a shard looks like without reading it: sizes and times. Another stamp is another shard.</summary>
internal static class ShardStamp
{
    /// <exception cref="InvalidDataException">There is no such file or folder.</exception>
    public static string Of(string path)
    {
        if (File.Exists(path))
        {
            return Of(new FileInfo(path));
        }

        var folder = new DirectoryInfo(path);
        if (!folder.Exists)
        {
            throw new InvalidDataException($"There is no file or folder '{path}' on {Environment.MachineName}; name one that all workers see.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FileInfo file in folder.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(path, file.FullName)}\0{Of(file)}\n"));
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static string Of(FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
}
