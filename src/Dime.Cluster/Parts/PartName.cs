using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Dime.Cluster.Parts;

/// <summary>
/// The name of a part. It tells what the part was made of, so that a fit that is started again finds its own parts and no
/// others: the shard, its stamp, the settings and the library's version.
/// </summary>
internal static partial class PartName
{
    private const int Digits = 16;

    /// <summary>Whether a file has the name of a part, so that a worker may write and remove it.</summary>
    public static bool IsOf(string path) => Form().IsMatch(Path.GetFileName(path));

    public static string Of(Shard shard, string stamp, string settings)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', shard.Name, stamp, settings, LibraryVersion.Text)));
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(shard.Path));
        return $"{name}.{Convert.ToHexString(hash)[..Digits]}.sums";
    }

    [GeneratedRegex(@"\.[0-9A-F]{16}\.sums$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
