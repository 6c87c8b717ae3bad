using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Internals;
using Microsoft.Extensions.DependencyModel;

namespace Dime.MLNet.Tests.Packaging;

/// <summary>
/// Versions that only this repository pins are not those of a project elsewhere, where the library would look for assemblies
/// that are not there. So it asks itself for what it is compiled against.
/// </summary>
[TestClass]
public sealed class DependencyTests
{
    // Not compiled against: whoever installs the library can use ApplyOnnxModel.
    private const string BroughtForUsers = "Microsoft.ML.OnnxTransformer";

    [TestMethod]
    public void Library_asks_for_exactly_the_packages_it_is_compiled_against()
    {
        using var references = new AssemblyReferences(typeof(DimeTransformer).Assembly.Location);
        HashSet<string?> assemblies = [.. references.AssemblyNames];
        IReadOnlyList<RuntimeLibrary> libraries = ReadLibraries();
        IEnumerable<string> compiledAgainst = from package in libraries
                                              where package.Type == "package" && AssembliesOf(package).Any(assemblies.Contains)
                                              select package.Name;

        RuntimeLibrary library = libraries.Single(candidate => candidate.Name == "Dime.MLNet");
        Assert.AreEqual(Sorted(compiledAgainst.Append(BroughtForUsers)), Sorted(library.Dependencies.Select(dependency => dependency.Name)));
    }

    // DependencyContext.Default has the libraries of .NET itself too.
    private static IReadOnlyList<RuntimeLibrary> ReadLibraries()
    {
        using FileStream file = File.OpenRead(ProjectFiles.Dependencies);
        using var reader = new DependencyContextJsonReader();
        return reader.Read(file).RuntimeLibraries;
    }

    private static IEnumerable<string?> AssembliesOf(RuntimeLibrary package) =>
        package.RuntimeAssemblyGroups.SelectMany(group => group.AssetPaths).Select(Path.GetFileNameWithoutExtension);

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
