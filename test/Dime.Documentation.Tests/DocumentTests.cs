namespace Dime.Documentation.Tests;

/// <summary>All C# of the documents, compiled and run as a reader would who copies it, from top to bottom.</summary>
[TestClass]
public sealed class DocumentTests
{
    private static readonly Dictionary<string, SnippetException?> _outcomes = [];

    private static IReadOnlyList<SnippetProgram> All { get; } =
    [
        .. from path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "documents"))
           from program in SnippetProgram.Divide(Snippet.Read(Path.GetFileName(path), File.ReadAllText(path)))
           select program,
    ];

    public static IEnumerable<object[]> Titles => All.Select(program => new object[] { program.Title });

    [ClassInitialize]
    public static void RunAll(TestContext context)
    {
        foreach (IGrouping<string, SnippetProgram> document in All.GroupBy(program => program.Document))
        {
            using var folder = new ReaderFolder();
            foreach (SnippetProgram program in document)
            {
                _outcomes[program.Title] = Run(program, folder);
            }
        }
    }

    [TestMethod]
    public void Readme_has_programs() => Assert.Contains("README.md", All.Select(program => program.Document));

    [TestMethod]
    [DynamicData(nameof(Titles))]
    public void Program_compiles_and_runs(string title)
    {
        if (_outcomes[title] is { } failure)
        {
            Assert.Fail(failure.Message);
        }
    }

    private static SnippetException? Run(SnippetProgram program, ReaderFolder folder)
    {
        try
        {
            SnippetProcess.Run(program, folder.Path);
            return null;
        }
        catch (SnippetException exception)
        {
            return exception;
        }
    }
}
