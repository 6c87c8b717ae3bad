using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Dime.MLNet.Tests.Architecture;

/// <summary>
/// The folder of a project that each type stands in, out of the assembly's symbols. Namespaces do not tell: public types
/// share one, whatever their folder.
/// </summary>
internal sealed partial class SourceFolders
{
    // What the compiler notes of a type without code, which no line of a method can place.
    private static readonly Guid _typeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly Dictionary<string, string> _folders = [];

    /// <param name="assembly">An assembly with its symbols beside it.</param>
    public SourceFolders(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        using var symbolFile = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb")));
        MetadataReader metadata = file.GetMetadataReader();
        MetadataReader symbols = symbolFile.GetMetadataReader();
        string project = $"/src/{assembly.GetName().Name}/";
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            string space = metadata.GetString(type.Namespace);
            string[] files = [.. FilesOf(metadata, symbols, handle).Select(file => file.Replace('\\', '/')).Where(file => file.Contains(project))];
            if (type.GetDeclaringType().IsNil && FolderOf(files, project, isOwn: space.StartsWith(assembly.GetName().Name!, StringComparison.Ordinal)) is { } folder)
            {
                _folders.Add($"{space}.{metadata.GetString(type.Name)}", folder);
            }
        }
    }

    /// <summary>The full names of the types, but for what the compiler makes up, with the folders they stand in: "" for the project's own, else as in "Onnx/Graph".</summary>
    public IReadOnlyDictionary<string, string> All => _folders;

    /// <summary>The folder of a type, nested or not; null where the assembly has none of that name.</summary>
    public string? Find(string fullName) => _folders.GetValueOrDefault(fullName.Split('+')[0]);

    private static IEnumerable<string> FilesOf(MetadataReader metadata, MetadataReader symbols, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        IEnumerable<DocumentHandle> ofMethods = type.GetMethods().Select(method => symbols.GetMethodDebugInformation(method).Document);
        IEnumerable<DocumentHandle> ofType = symbols.GetCustomDebugInformation(handle)
            .Select(symbols.GetCustomDebugInformation)
            .Where(information => symbols.GetGuid(information.Kind) == _typeDefinitionDocuments)
            .SelectMany(information => ReadDocuments(symbols, information));
        IEnumerable<string> own = ofMethods.Concat(ofType)
            .Where(document => !document.IsNil)
            .Select(document => symbols.GetString(symbols.GetDocument(document).Name));
        return own.Concat(type.GetNestedTypes().SelectMany(nested => FilesOf(metadata, symbols, nested)));
    }

    private static List<DocumentHandle> ReadDocuments(MetadataReader symbols, CustomDebugInformation information)
    {
        var documents = new List<DocumentHandle>();
        BlobReader blob = symbols.GetBlobReader(information.Value);
        while (blob.RemainingBytes > 0)
        {
            documents.Add(System.Reflection.Metadata.Ecma335.MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }

        return documents;
    }

    private static string? FolderOf(string[] files, string project, bool isOwn)
    {
        string[] paths = [.. files.Select(file => file[(file.LastIndexOf(project, StringComparison.Ordinal) + project.Length)..])];
        string[] written = [.. paths.Where(path => !Generated().IsMatch(path))];
        if (written.Length == 0 && isOwn)
        {
            // Protocol buffers: what is made of them lies below obj as they do below the project.
            written = [.. paths.Select(path => Generated().Replace(path, ""))];
        }

        return written.Select(path => Path.GetDirectoryName(path)!.Replace('\\', '/')).Distinct().SingleOrDefault();
    }

    [GeneratedRegex("^obj/[^/]+/[^/]+/")]
    private static partial Regex Generated();
}
