using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.DependencyModel;

namespace Dime.Notebooks.Execution;

/// <summary>
/// Resolves <c>#r "nuget: Name, version"</c> to the assemblies that the runner was built with, and those they need. Nothing
/// is downloaded, and a notebook sees only what it asks for.
/// </summary>
internal sealed class PackageReferences
{
    private const string Prefix = "nuget:";

    private readonly Dictionary<string, RuntimeLibrary> _libraries =
        DependencyContext.Default!.RuntimeLibraries.ToDictionary(library => library.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The .NET that the runner runs on: what notebooks may use without asking.</summary>
    public static IEnumerable<MetadataReference> Framework { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Why a reference cannot be resolved; null where it can.</summary>
    public string? Problem(string reference)
    {
        if (!reference.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || reference.Split(',') is not [_, { } version])
        {
            return $"#r \"{reference}\" is not of the form #r \"nuget: Name, version\"";
        }

        if (!_libraries.TryGetValue(NameIn(reference), out RuntimeLibrary? library))
        {
            return $"the runner has no package {NameIn(reference)}: add it to notebooks/Runner/Runner.csproj";
        }

        return library.Version == version.Trim() ? null : $"the runner has {library.Name} {library.Version}, not {version.Trim()}: ask for that version";
    }

    /// <summary>The assemblies of a package and of all packages it needs, as the runner itself has loaded them.</summary>
    public IReadOnlyList<Assembly> Assemblies(string reference)
    {
        var closure = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Queue<string>([NameIn(reference)]);
        while (waiting.TryDequeue(out string? name))
        {
            if (_libraries.TryGetValue(name, out RuntimeLibrary? library) && closure.Add(name))
            {
                library.Dependencies.ToList().ForEach(dependency => waiting.Enqueue(dependency.Name));
            }
        }

        return [.. closure.SelectMany(name => _libraries[name].GetDefaultAssemblyNames(DependencyContext.Default!)).Select(Assembly.Load)];
    }

    private static string NameIn(string reference) => reference[Prefix.Length..].Split(',')[0].Trim();
}
