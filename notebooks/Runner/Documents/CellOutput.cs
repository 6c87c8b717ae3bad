using System.Text.Json.Nodes;

namespace Dime.Notebooks.Documents;

/// <summary>Something that a cell put out.</summary>
internal abstract record CellOutput
{
    /// <summary>What sort of output it is, whatever its content.</summary>
    public string Kind => KindOf(ToJson(executionCount: 1));

    public static string KindOf(JsonNode? output)
    {
        string? type = (string?)output?["output_type"];
        return type switch
        {
            "stream" => $"{type} {output!["name"]}",
            "display_data" or "execute_result" => $"{type} {string.Join('+', output!["data"] is JsonObject data ? data.Select(item => item.Key) : [])}",
            _ => type ?? "an output without a type",
        };
    }

    public abstract JsonObject ToJson(int executionCount);
}

/// <summary>Text written to standard output or standard error.</summary>
/// <param name="Name">stdout or stderr.</param>
/// <param name="Text">All that was written until another output came.</param>
internal sealed record StreamOutput(string Name, string Text) : CellOutput
{
    public override JsonObject ToJson(int executionCount) => new() { ["name"] = Name, ["output_type"] = "stream", ["text"] = Lines.Split(Text) };
}

/// <summary>A value in one or more MIME types, shown by the cell or the value of its last expression.</summary>
internal sealed record ValueOutput(IReadOnlyList<MimeContent> Contents, bool IsResult) : CellOutput
{
    public override JsonObject ToJson(int executionCount)
    {
        var data = new JsonObject(Contents.Select(content => KeyValuePair.Create<string, JsonNode?>(content.Type, content.ToJson())));
        return IsResult
            ? new() { ["data"] = data, ["execution_count"] = executionCount, ["metadata"] = new JsonObject(), ["output_type"] = "execute_result" }
            : new() { ["data"] = data, ["metadata"] = new JsonObject(), ["output_type"] = "display_data" };
    }
}
