using System.Text.Json.Nodes;

namespace Dime.Notebooks.Tests;

[TestClass]
public sealed class ExecutionTests
{
    [TestMethod]
    public async Task Cells_run_in_order_and_share_what_they_declare()
    {
        using var notebook = new TestNotebook("int x = 20;", "public record Pair(int A, int B);\nx++;", "await Task.Delay(1);\nnew Pair(x, 2).A * 2");

        JsonArray outputs = await notebook.OutputsAsync(cell: 2);

        JsonNode result = outputs.Single()!;
        Assert.AreEqual("execute_result", (string?)result["output_type"]);
        Assert.AreEqual(3, (int?)result["execution_count"]);
        Assert.AreEqual("42", TestNotebook.Joined(result["data"]!["text/plain"]));
        CollectionAssert.AreEqual(new int?[] { 1, 2, 3 }, JsonNode.Parse(notebook.Text)!["cells"]!.AsArray().Select(cell => (int?)cell!["execution_count"]).ToArray());
    }

    [TestMethod]
    public async Task A_second_run_writes_the_same_file()
    {
        using var notebook = new TestNotebook("Console.WriteLine(\"a\");\ndisplay(new[] { new { B = 1 } });\nnew Random(1).Next()");

        await notebook.OutputsAsync();
        string first = notebook.Text;
        await notebook.OutputsAsync();

        Assert.AreEqual(first, notebook.Text);
        Assert.EndsWith("}\n", first);
        Assert.StartsWith("{\n \"cells\": [\n  {\n", first);
    }

    [TestMethod]
    public async Task Output_stays_in_the_order_in_which_it_was_made()
    {
        using var notebook = new TestNotebook("Console.Write(\"a\");\nConsole.WriteLine(\"b\");\ndisplay(\"c\");\nConsole.Error.Write(\"d\");\nConsole.Write(\"e\");");

        JsonArray outputs = await notebook.OutputsAsync();

        CollectionAssert.AreEqual(
            new[] { "stream stdout", "display_data", "stream stderr", "stream stdout" },
            outputs.Select(output => $"{output!["output_type"]} {output["name"]}".TrimEnd()).ToArray());
        Assert.AreEqual("ab\n", TestNotebook.Joined(outputs[0]!["text"]));
    }

    [TestMethod]
    [DataRow("int x = 1;\nint y = missing;", "tiny.ipynb, cell 2, line 2: CS0103: The name 'missing' does not exist in the current context")]
    [DataRow("int x = 1;\n\nthrow new InvalidOperationException(\"no such luck\");", "tiny.ipynb, cell 2, line 3: InvalidOperationException: no such luck")]
    [DataRow("await Task.Yield();\nFail();", "tiny.ipynb, cell 2, line 2: FormatException: from the cell before")]
    public async Task A_failing_cell_is_named_with_its_line_and_leaves_the_file_as_it_was(string cell, string message)
    {
        using var notebook = new TestNotebook("static void Fail() => throw new FormatException(\"from the cell before\");\n1", cell, "3");
        string before = notebook.Text;

        (int exitCode, string output, string error) = await notebook.RunAsync();

        Assert.AreEqual(1, exitCode);
        Assert.AreEqual(message, error.TrimEnd());
        Assert.AreEqual("", output);
        Assert.AreEqual(before, notebook.Text);
        Assert.HasCount(1, Directory.GetFileSystemEntries(notebook.Folder));
    }

    [TestMethod]
    public async Task A_notebook_runs_in_its_folder_and_gives_everything_back()
    {
        using var notebook = new TestNotebook(
            """
            public class Kept(string path) : IDisposable { public void Dispose() => File.AppendAllText(path, "disposed;"); }
            File.WriteAllText("here.txt", Path.GetTempPath());
            File.WriteAllText(Path.Combine(Path.GetTempPath(), "left.txt"), "");
            var kept = new Kept(Path.GetFullPath("disposed.txt"));
            var again = kept;
            """,
            "throw new Exception();");
        (string directory, string temporary, TextWriter console) = (Environment.CurrentDirectory, Path.GetTempPath(), Console.Out);

        Assert.AreEqual(1, (await notebook.RunAsync()).ExitCode);

        string notebooksOwn = File.ReadAllText(Path.Combine(notebook.Folder, "here.txt"));
        Assert.AreNotEqual(temporary, notebooksOwn);
        Assert.IsFalse(Directory.Exists(notebooksOwn));
        Assert.AreEqual("disposed;", File.ReadAllText(Path.Combine(notebook.Folder, "disposed.txt")));
        Assert.AreEqual(directory, Environment.CurrentDirectory);
        Assert.AreEqual(temporary, Path.GetTempPath());
        Assert.AreSame(console, Console.Out);
    }

    [TestMethod]
    public async Task Loaded_scripts_are_found_beside_the_notebook_and_their_errors_name_them()
    {
        using var notebook = new TestNotebook("#load \"shared.csx\"\nShared.Answer");
        File.WriteAllText(Path.Combine(notebook.Folder, "shared.csx"), "public static class Shared { public const int Answer = 42; }");
        Assert.AreEqual("42", TestNotebook.Joined((await notebook.OutputsAsync())[0]!["data"]!["text/plain"]));

        File.WriteAllText(Path.Combine(notebook.Folder, "shared.csx"), "\npublic static class Shared { public const int Answer = nothing; }");
        StringAssert.StartsWith((await notebook.RunAsync()).Error, "tiny.ipynb, cell 1: shared.csx, line 2: CS0103:");
    }
}
