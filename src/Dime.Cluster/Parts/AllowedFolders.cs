using Dime.Tool.Terminal;

namespace Dime.Cluster;

/// <summary>The folders below which a worker reads and writes.</summary>
public sealed class AllowedFolders
{
    private readonly string[] _folders;

    /// <param name="folders">The folders; links to them are followed now, and later ones change nothing.</param>
    public AllowedFolders(IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        _folders = [.. folders.Select(RealPath.Of)];
    }

    /// <summary>Follows a path to where it leads.</summary>
    /// <param name="path">An absolute path of something that need not exist.</param>
    /// <returns>The same place without links, <c>.</c> and <c>..</c>; it is this path that is to be opened.</returns>
    /// <exception cref="UnauthorizedAccessException">It leads outside the folders.</exception>
    public string Require(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Path.IsPathFullyQualified(path))
        {
            throw new UnauthorizedAccessException($"'{path}' is refused: workers take absolute paths only.");
        }

        string real = RealPath.Of(path);
        return _folders.Any(folder => RealPath.Holds(folder, real))
            ? real
            : throw new UnauthorizedAccessException(
                $"'{path}' is refused by worker {Environment.MachineName}: it leads to '{real}', and the worker may use only what lies in {Names()}. Start it with another --allow, or move the file.");
    }

    private string Names() => _folders.Length == 0 ? "no folder at all" : string.Join(" or ", _folders.Select(folder => $"'{folder}'"));
}
