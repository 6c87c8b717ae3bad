namespace Dime.Tool.Tests.Fixtures;

/// <summary>Where programs of the machine are.</summary>
internal static class SearchPath
{
    public static IReadOnlyList<string> Folders => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The program that an environment variable names, or else the first of some names on the path; null where there is none.</summary>
    /// <exception cref="FileNotFoundException">The variable names a file that does not exist.</exception>
    public static string? FindByVariable(string variable, params string[] names)
    {
        string? named = Environment.GetEnvironmentVariable(variable);
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"{variable} names '{named}', and there is no such file.");
        }

        return Find(names);
    }

    /// <summary>The first of some programs on the path; null where there is none.</summary>
    public static string? Find(params string[] names) => Folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
