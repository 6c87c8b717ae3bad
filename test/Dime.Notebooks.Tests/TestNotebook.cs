using System.Text.Json.Nodes;

namespace Dime.Notebooks.Tests;

/// <summary>A notebook of given cells in a folder of its own, and runs of it.</summary>
internal sealed class TestNotebook : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("notebook-tests-");

    /// <param name="cells">The sources of the cells of code.</param>
    public TestNotebook(params string[] cells)
    {
        IEnumerable<JsonObject> code = cells.Select((source, i) => new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = $"cell-{i}",
            ["metadata"] = new JsonObject(),
            ["outputs"] = new JsonArray(),
            ["source"] = source,
        });
        Document = new JsonObject
        {
            ["cells"] = new JsonArray([.. code]),
            ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" } },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        Write();
    }

    public string Folder => _folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "tiny.ipynb");

    /// <summary>The notebook as it was written last; <see cref="Write"/> takes changes to the file.</summary>
    public JsonObject Document { get; }

    public string Text => File.ReadAllText(Path);

    public void Write() => File.WriteAllText(Path, Document.ToJsonString());

    /// <summary>Runs the command on the notebook.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] options)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await new RunnerCommand(output, error).RunAsync([.. options, Path]);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs the notebook, which must succeed, and gives the outputs of a cell in the file.</summary>
    public async Task<JsonArray> OutputsAsync(int cell = 0)
    {
        (int exitCode, _, string error) = await RunAsync();
        Assert.AreEqual(0, exitCode, error);
        return JsonNode.Parse(Text)!["cells"]![cell]!["outputs"]!.AsArray();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    public static string Joined(JsonNode? lines) => string.Concat(lines!.AsArray().Select(line => (string?)line));
}
