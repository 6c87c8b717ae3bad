namespace Dime.MLNet.Benchmarks;

/// <summary>The repository that this was built in.</summary>
internal static class RepositoryFolder
{
    /// <summary>Its folder, found upwards from the build: compilers' paths are not those of the machine in builds that anyone can repeat.</summary>
    /// <returns>Null where the build lies in no repository.</returns>
    public static string? Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dime.MLNet.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
