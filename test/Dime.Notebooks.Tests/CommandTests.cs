using System.Text.Json.Nodes;

namespace Dime.Notebooks.Tests;

[TestClass]
public sealed class CommandTests
{
    [TestMethod]
    public async Task A_check_accepts_what_a_run_wrote_and_writes_nothing()
    {
        using var notebook = new TestNotebook("Console.WriteLine(1);", "2");
        Assert.AreEqual(0, (await notebook.RunAsync()).ExitCode);
        DateTime written = File.GetLastWriteTimeUtc(notebook.Path);

        (int exitCode, string output, string error) = await notebook.RunAsync("--check");

        Assert.AreEqual(0, exitCode, error);
        StringAssert.StartsWith(output, "tiny.ipynb: 2 cells");
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(notebook.Path));
    }

    [TestMethod]
    public async Task A_check_refuses_a_notebook_that_was_not_run()
    {
        using var notebook = new TestNotebook("int x = 1;", "Console.WriteLine(x);");
        string before = notebook.Text;

        (int exitCode, _, string error) = await notebook.RunAsync("--check");

        Assert.AreEqual(1, exitCode);
        StringAssert.StartsWith(error, "tiny.ipynb, cell 1: the file has no output with the number null, a run no output with the number 1.");
        Assert.AreEqual(before, notebook.Text);
    }

    [TestMethod]
    [DataRow("""[]""", "no output")]
    [DataRow("""[{ "output_type": "error", "ename": "E", "evalue": "", "traceback": [] }]""", "error")]
    [DataRow("""[{ "output_type": "display_data", "metadata": {}, "data": { "text/plain": ["2"] } }]""", "display_data text/plain")]
    public async Task A_check_refuses_other_outputs_than_a_run_has(string outputs, string kinds)
    {
        using var notebook = new TestNotebook("Console.WriteLine(2);");
        JsonNode cell = notebook.Document["cells"]![0]!;
        cell["execution_count"] = 1;
        cell["outputs"] = JsonNode.Parse(outputs);
        notebook.Write();

        (int exitCode, _, string error) = await notebook.RunAsync("--check");

        Assert.AreEqual(1, exitCode);
        StringAssert.StartsWith(error, $"tiny.ipynb, cell 1: the file has {kinds} with the number 1, a run stream stdout with the number 1.");
    }

    [TestMethod]
    public async Task Packages_are_those_of_the_runner_and_must_be_asked_for()
    {
        using var without = new TestNotebook("typeof(Microsoft.ML.MLContext)");
        StringAssert.Contains((await without.RunAsync()).Error, "cell 1, line 1: CS0234");

        using var with = new TestNotebook("#r \"nuget: Microsoft.ML, 5.0.1\"\nusing Microsoft.ML;", "new MLContext(seed: 1).GetType().Assembly == System.Reflection.Assembly.Load(\"Microsoft.ML.Data\")");
        Assert.AreEqual("True", TestNotebook.Joined((await with.OutputsAsync(cell: 1))[0]!["data"]!["text/plain"]));
    }

    [TestMethod]
    [DataRow("nuget: Microsoft.ML, 4.0.0", "the runner has Microsoft.ML 5.0.1, not 4.0.0: ask for that version")]
    [DataRow("nuget: No.Such.Package, 1.0.0", "the runner has no package No.Such.Package: add it to notebooks/Runner/Runner.csproj")]
    [DataRow("nuget: Microsoft.ML", "#r \"nuget: Microsoft.ML\" is not of the form #r \"nuget: Name, version\"")]
    [DataRow("some.dll", "#r \"some.dll\" is not of the form #r \"nuget: Name, version\"")]
    public async Task Other_packages_and_versions_are_refused(string reference, string message)
    {
        using var notebook = new TestNotebook($"// what we need\n#r \"{reference}\"\n1");

        (int exitCode, _, string error) = await notebook.RunAsync();

        Assert.AreEqual(1, exitCode);
        Assert.AreEqual($"tiny.ipynb, cell 1, line 2: {message}", error.TrimEnd());
    }

    [TestMethod]
    [DataRow("nbformat_minor", "4", "its format is 4.4, where 4.5 is needed (cells with ids)")]
    [DataRow("nbformat", "\"four\"", "it has no number 'nbformat'")]
    [DataRow("metadata", """{ "kernelspec": { "name": "python3", "language": "python" } }""", "its kernelspec names the language 'python', where C# is needed")]
    [DataRow("cells", """[{ "cell_type": "markdown", "id": "a", "source": "" }]""", "it has no code cells")]
    [DataRow("cells", """[{ "cell_type": "code", "id": "a", "source": "" }, { "cell_type": "code", "id": "a", "source": "" }]""", "the id of cell 2, 'a', is missing or used before")]
    [DataRow("cells", """[{ "cell_type": "prose", "id": "a", "source": "" }]""", "the type of cell 1 is 'prose', where code, markdown or raw is needed")]
    public async Task What_is_no_such_notebook_is_refused(string property, string value, string message)
    {
        using var notebook = new TestNotebook("1");
        notebook.Document[property] = JsonNode.Parse(value);
        notebook.Write();

        (int exitCode, _, string error) = await notebook.RunAsync();

        Assert.AreEqual(1, exitCode);
        Assert.AreEqual($"tiny.ipynb is not a notebook that can be run: {message}.", error.TrimEnd());
    }

    [TestMethod]
    public async Task Arguments_that_lead_nowhere_are_refused()
    {
        using var notebook = new TestNotebook("1");
        StringAssert.StartsWith((await notebook.RunAsync("--chek")).Error, "There is no option --chek.");

        File.WriteAllText(notebook.Path, "{ cut off");
        StringAssert.StartsWith((await notebook.RunAsync()).Error, "tiny.ipynb is not a notebook that can be run:");

        File.Delete(notebook.Path);
        (int exitCode, _, string error) = await notebook.RunAsync();
        Assert.AreEqual(1, exitCode);
        StringAssert.StartsWith(error, "tiny.ipynb cannot be read:");
    }
}
