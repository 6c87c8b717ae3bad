using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PackageContents;

/// <summary>A bill of materials in CycloneDX's JSON.</summary>
internal sealed class BillOfMaterials
{
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonNode _root;

    private BillOfMaterials(JsonNode root) => _root = root;

    /// <summary>The package that it is of.</summary>
    public string Name => Text(_root["metadata"]?["component"], "name");

    /// <summary>What users get with the package: not the tools of its build, and not the other packages of this repository, which have bills of their own.</summary>
    public IEnumerable<(string Name, string Version)> Dependencies =>
        from component in Components
        where (string?)component["scope"] != "excluded" && component["hashes"] is not null
        select (Text(component, "name"), Text(component, "version"));

    private IEnumerable<JsonNode> Components => _root["components"] is JsonArray components ? components.OfType<JsonNode>() : [];

    public static BillOfMaterials Read(string path) =>
        new(JsonNode.Parse(File.ReadAllText(path)) ?? throw new InvalidDataException($"{path} holds no bill of materials."));

    /// <summary>Writes it without the time and the number of the build: the same sources have the same bill.</summary>
    public void Write(string path)
    {
        if (_root["metadata"] is JsonObject metadata)
        {
            metadata.Remove("timestamp");
        }

        _root.AsObject().Remove("serialNumber");
        File.WriteAllText(path, _root.ToJsonString(_options) + "\n");
    }

    private static string Text(JsonNode? node, string name) =>
        (string?)node?[name] ?? throw new InvalidDataException($"The bill of materials has a component without {name}.");
}
