using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dime.Notebooks.Tests;

/// <summary>The notebooks in the repository as readers find them; that they run is checked by the runner in CI.</summary>
[TestClass]
public sealed partial class CommittedNotebookTests
{
    private static string[] Paths { get; } = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "notebooks"), "*.ipynb");

    public static IEnumerable<object[]> Notebooks => Paths.Select(path => new object[] { Path.GetFileName(path) });

    [TestMethod]
    public void All_four_are_there() => Assert.HasCount(4, Paths);

    [TestMethod]
    [DynamicData(nameof(Notebooks))]
    public void Every_cell_was_run_and_none_failed(string name)
    {
        JsonNode document = Read(name);
        Assert.AreEqual(".net-csharp", (string?)document["metadata"]!["kernelspec"]!["name"]);
        JsonNode[] cells = [.. document["cells"]!.AsArray().Where(cell => (string?)cell!["cell_type"] == "code").Select(cell => cell!)];
        CollectionAssert.AreEqual(Enumerable.Range(1, cells.Length).ToArray(), cells.Select(cell => (int)cell["execution_count"]!).ToArray());
        string[] types = [.. cells.SelectMany(cell => cell["outputs"]!.AsArray()).Select(output => (string)output!["output_type"]!)];
        CollectionAssert.IsSubsetOf(types.Distinct().ToArray(), new[] { "stream", "display_data", "execute_result" });
        Assert.IsGreaterThan(5, types.Length);
    }

    [TestMethod]
    [DynamicData(nameof(Notebooks))]
    public void Text_leads_through_the_cells(string name)
    {
        string[] types = [.. Read(name)["cells"]!.AsArray().Select(cell => (string)cell!["cell_type"]!)];
        Assert.AreEqual("markdown", types[0]);
        Assert.IsGreaterThan(types.Length / 3, types.Count(type => type == "markdown"));
    }

    [TestMethod]
    [DynamicData(nameof(Notebooks))]
    public void No_path_of_the_machine_that_ran_it_is_left(string name)
    {
        string text = File.ReadAllText(PathOf(name));
        Assert.DoesNotMatchRegex(MachinePath(), text);
    }

    [TestMethod]
    [DynamicData(nameof(Notebooks))]
    public void Links_lead_to_notebooks_that_are_there(string name)
    {
        foreach (Match link in NotebookLink().Matches(File.ReadAllText(PathOf(name))))
        {
            Assert.IsTrue(File.Exists(PathOf(link.Groups[1].Value)), link.Value);
        }
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "notebooks", name);

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name)))!;

    [GeneratedRegex("""/(tmp|home|root|Users|var|mnt)/|[A-Z]:\\\\""")]
    private static partial Regex MachinePath();

    [GeneratedRegex("""\]\(([^)]+\.ipynb)\)""")]
    private static partial Regex NotebookLink();
}
