using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dime.Tool.Terminal;

namespace Dime.Cluster.Parts;

/// <summary>What a shard looks like without reading it: names, sizes and times, with all links followed. Another stamp is another shard.</summary>
internal static class ShardStamp
{
    /// <exception cref="IOException">There is no such file or folder, or links lead in a circle.</exception>
    public static string Of(string path)
    {
        string real = RealPath.Of(path);
        if (File.Exists(real))
        {
            return OfFile(real);
        }

        // Another machine may see it, so it is not the shard that cannot be read.
        if (!Directory.Exists(real))
        {
            throw new FileNotFoundException($"There is no file or folder '{path}' on {Environment.MachineName}; name one that all workers see.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, real, "", new HashSet<string>(RealPath.Comparer));
        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static void Append(IncrementalHash hash, string folder, string name, HashSet<string> entered)
    {
        if (!entered.Add(RealPath.Of(folder)))
        {
            return;
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            string below = $"{name}/{Path.GetFileName(entry)}";
            if (Directory.Exists(entry))
            {
                Append(hash, entry, below, entered);
            }
            else
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{below}\0{OfLinked(entry)}\n"));
            }
        }
    }

    // Whoever reads the shard says so, if it should lead somewhere.
    private static string OfLinked(string path)
    {
        try
        {
            return OfFile(RealPath.Of(path));
        }
        catch (IOException)
        {
            return "nowhere";
        }
    }

    private static string OfFile(string real)
    {
        // Of a link, they would be the link's own.
        var file = new FileInfo(real);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
    }
}
