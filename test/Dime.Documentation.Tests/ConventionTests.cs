namespace Dime.Documentation.Tests;

/// <summary>What the checks of documents see, on documents of a few lines.</summary>
[TestClass]
public sealed class ConventionTests
{
    [TestMethod]
    public void Snippet_without_using_goes_on_from_the_one_before()
    {
        SnippetProgram program = Single(
            """
            # Numbers

            ```csharp
            using System.Globalization;

            var one = new Number(1);

            record Number(int Value);
            ```

            Some words, and another language:

            ```
            this is no C#
            ```

            ```csharp
            Console.WriteLine((one with { Value = 41 + one.Value }).Value.ToString(CultureInfo.InvariantCulture));
            ```
            """);

        Assert.AreEqual("text.md(4): Numbers", program.Title);
        Assert.AreEqual("42", Run(program).Trim());
    }

    [TestMethod]
    public void Snippet_with_using_is_a_program_of_its_own()
    {
        const string Text =
            """
            ```csharp
            using System.Text;
            var text = new StringBuilder("first");
            Console.Write(text);
            ```
            ```csharp
            using System.Text;
            var text = new StringBuilder("second");
            Console.Write(text);
            ```
            """;

        CollectionAssert.AreEqual(new[] { "first", "second" }, Programs(Text).Select(Run).ToList());
    }

    [TestMethod]
    public void Given_code_stands_before_the_snippet()
    {
        SnippetProgram program = Single(
            """
            <!-- given: embedding -->

            ```csharp
            Console.Write(embedding.Length);
            ```
            """);

        Assert.AreEqual("128", Run(program));
    }

    [TestMethod]
    public void Given_code_that_is_not_there_is_named()
    {
        SnippetProgram program = Single(
            """
            <!-- given: embedding, wisdom -->

            ```csharp
            Console.Write(embedding.Length);
            ```
            """);

        Assert.AreEqual("text.md(4): there is no Given/wisdom.csx.", Failure(program));
    }

    [TestMethod]
    public void Missing_using_is_an_error_at_its_line()
    {
        SnippetProgram program = Single(
            """
            Words.

            ```csharp
            using Microsoft.ML;

            var mlContext = new MLContext();
            Console.WriteLine(typeof(OnnxGraph));
            ```
            """);

        Assert.StartsWith("text.md(7): CS0246: ", Failure(program));
    }

    [TestMethod]
    public void Warning_is_a_failure()
    {
        SnippetProgram program = Single(
            """
            ```csharp
            string text = null;
            Console.Write(text ?? "none");
            ```
            """);

        Assert.StartsWith("text.md(2): CS8600: ", Failure(program));
    }

    [TestMethod]
    public void Exception_is_a_failure_at_its_line()
    {
        SnippetProgram program = Single(
            """
            ```csharp
            Console.WriteLine("before");
            throw new InvalidOperationException("It broke.");
            ```
            """);

        string failure = Failure(program);
        Assert.Contains("It broke.", failure);
        Assert.Contains("text.md:line 3", failure);
    }

    private static IReadOnlyList<SnippetProgram> Programs(string markdown) => SnippetProgram.Divide(Snippet.Read("text.md", markdown));

    private static SnippetProgram Single(string markdown) => Programs(markdown).Single();

    private static string Run(SnippetProgram program) => SnippetProcess.Run(program, AppContext.BaseDirectory);

    private static string Failure(SnippetProgram program) => Assert.ThrowsExactly<SnippetException>(() => Run(program)).Message;
}
