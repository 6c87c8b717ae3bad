namespace Dime.Cluster.Tool.Shards;

/// <summary>Finds the shards that patterns name.</summary>
internal static class ShardFiles
{
    /// <param name="patterns">Files and folders; the last name of each may have <c>*</c> and <c>?</c> in it.</param>
    /// <returns>Their paths, each once.</returns>
    /// <exception cref="InputException">A pattern finds nothing.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> patterns) =>
        [.. patterns.SelectMany(Find).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Find(string pattern)
    {
        string full = Path.GetFullPath(pattern);
        if (Path.Exists(full))
        {
            return [Path.TrimEndingDirectorySeparator(full)];
        }

        string folder = Path.GetDirectoryName(full)!;
        string name = Path.GetFileName(full);
        if (folder.AsSpan().ContainsAny('*', '?'))
        {
            throw new InputException($"'{pattern}': only the last name of --shards may have * or ? in it; quote nothing and let the shell find the files, or name each.");
        }

        string[] found = name.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder)
            ? [.. Directory.EnumerateFileSystemEntries(folder, name).Where(path => !Path.GetFileName(path).StartsWith('.'))]
            : [];
        return found.Length > 0 ? found : throw new InputException($"There is no shard '{pattern}'; name files or folders with --shards.");
    }
}
