using System.Text.Json.Nodes;

namespace Dime.Notebooks.Documents;

/// <summary>What a notebook must be for the runner: nbformat 4.5 or a later 4.x, in C#, with a unique id for each cell.</summary>
internal static class NotebookFormat
{
    /// <exception cref="FormatException">The notebook is of another kind; the message says how.</exception>
    public static IReadOnlyList<CodeCell> Read(JsonObject document)
    {
        (int major, int minor) = (Number(document, "nbformat"), Number(document, "nbformat_minor"));
        Require(major == 4 && minor >= 5, $"its format is {major}.{minor}, where 4.5 is needed (cells with ids)");
        JsonNode? kernel = document["metadata"]?["kernelspec"];
        Require((string?)kernel?["language"] == "C#", $"its kernelspec names the language '{kernel?["language"]}', where C# is needed");
        Require(!string.IsNullOrEmpty((string?)kernel?["name"]), "its kernelspec has no name");

        JsonArray cells = document["cells"] as JsonArray ?? throw new FormatException("it has no array of cells");
        var ids = new HashSet<string>();
        var codeCells = new List<CodeCell>();
        for (int i = 0; i < cells.Count; i++)
        {
            var cell = cells[i] as JsonObject;
            string? type = (string?)cell?["cell_type"];
            string? id = (string?)cell?["id"];
            Require(type is "code" or "markdown" or "raw", $"the type of cell {i + 1} is '{type}', where code, markdown or raw is needed");
            Require(!string.IsNullOrEmpty(id) && ids.Add(id), $"the id of cell {i + 1}, '{id}', is missing or used before");
            Require(cell!["source"] is JsonArray or JsonValue, $"cell {i + 1} has no source");
            if (type == "code")
            {
                codeCells.Add(new CodeCell(codeCells.Count + 1, cell));
            }
        }

        Require(codeCells.Count > 0, "it has no code cells");
        return codeCells;
    }

    private static int Number(JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue(out int number) ? number : throw new FormatException($"it has no number '{name}'");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FormatException(otherwise);
        }
    }
}
