using Dime.MLNet.Benchmarks;

namespace Dime.Fuzz.Contract;

/// <summary>The inputs that are kept in the repository: seeds, and what was found.</summary>
internal static class Corpus
{
    /// <summary>The folder of a target's inputs.</summary>
    public static string FolderOf(FuzzTarget target) => Path.Combine(Folder(), target.Name);

    /// <summary>All inputs of a target, in the order of their names.</summary>
    public static IReadOnlyList<Seed> Of(FuzzTarget target) =>
        [.. Directory.GetFiles(FolderOf(target)).Order(StringComparer.Ordinal).Select(path => new Seed(Path.GetFileName(path), File.ReadAllBytes(path)))];

    /// <summary>Writes the seeds of a target; what else is in its folder stays.</summary>
    public static void Write(FuzzTarget target)
    {
        Directory.CreateDirectory(FolderOf(target));
        foreach (Seed seed in target.Seeds())
        {
            File.WriteAllBytes(Path.Combine(FolderOf(target), seed.Name), seed.Content);
        }
    }

    /// <summary>The folder of what a version of the library wrote.</summary>
    public static string OfGolden(string version) => Path.Combine(Folder(), "..", "..", "Dime.MLNet.Tests", "Golden", version);

    private static string Folder() => Path.Combine(
        RepositoryFolder.Find() ?? throw new DirectoryNotFoundException("The corpus lies in the repository; run this from a build in it."), "test", "Dime.Fuzz", "Corpus");
}
