using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace Dime.MLNet.Tests.Packaging;

/// <summary>One package, and what the project that it was made of was restored with.</summary>
internal sealed class PackedPackage : IDisposable
{
    // Kinds of files that a package gives to a program, as NuGet names them.
    private static readonly string[] _shipped = ["compile", "runtime", "native", "runtimeTargets", "resource"];

    private readonly ZipArchive _zip;
    private readonly string _project;

    public PackedPackage(string path, string sources)
    {
        Name = Path.GetFileName(path);
        _zip = ZipFile.OpenRead(path);
        // Dime.Tool.linux-x64.0.2.0.nupkg is of Dime.Tool, as Dime.Tool.0.2.0.nupkg is.
        _project = Directory.EnumerateDirectories(sources).Where(folder => Name.StartsWith(Path.GetFileName(folder) + ".", StringComparison.Ordinal)).MaxBy(folder => folder.Length)!;
    }

    public string Name { get; }

    /// <summary>The files that tell .NET what the commands in the package are made of. Programs that they are built on bring such files too, which nobody reads.</summary>
    public IReadOnlyList<string> DependencyFiles => [.. from entry in _zip.Entries
                                                        where entry.Name == "DotnetToolSettings.xml"
                                                        from command in XDocument.Parse(Read(entry.FullName)).Descendants("Command")
                                                        let program = (string?)command.Attribute("EntryPoint")
                                                        where program is not null
                                                        select entry.FullName.Replace(entry.Name, Path.ChangeExtension(program, ".deps.json"))];

    /// <summary>All that the project was restored with, as "name/version".</summary>
    public IReadOnlySet<string> Restored => Packages(Assets().GetProperty("libraries"), _ => true);

    /// <summary>What of it gives files to programs.</summary>
    public IReadOnlySet<string> RestoredForUsers => Assets().GetProperty("targets").EnumerateObject()
        .SelectMany(target => Packages(target.Value, package => _shipped.Any(kind => package.TryGetProperty(kind, out JsonElement files) && files.EnumerateObject().Any(IsFile)))).ToHashSet();

    public static string PackagesFolder(JsonElement assets) => assets.GetProperty("packageFolders").EnumerateObject().First().Name;

    public JsonElement Assets() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_project, "obj", "project.assets.json"))).RootElement;

    public JsonElement Bill() => JsonDocument.Parse(Read("bom.json")).RootElement;

    /// <summary>What a program in the package says that it is made of.</summary>
    public IReadOnlySet<string> MadeOf(string dependencyFile) => Packages(JsonDocument.Parse(Read(dependencyFile)).RootElement.GetProperty("libraries"), _ => true);

    public string Read(string name)
    {
        ZipArchiveEntry entry = _zip.GetEntry(name) ?? throw new AssertFailedException($"{Name} has no {name}.");
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }

    public void Dispose() => _zip.Dispose();

    // A file of this name says that there is nothing for the framework.
    private static bool IsFile(JsonProperty file) => !file.Name.EndsWith("/_._", StringComparison.Ordinal);

    private static HashSet<string> Packages(JsonElement libraries, Func<JsonElement, bool> isWanted) => libraries.EnumerateObject()
        .Where(library => library.Value.GetProperty("type").GetString() == "package" && isWanted(library.Value)).Select(library => library.Name).ToHashSet();
}
