namespace Dime.Documentation.Tests;

/// <summary>
/// What a document supposes its readers to have, and says so in words: a comment <c>&lt;!-- given: rows, embedding --&gt;</c>
/// before a snippet puts the code of <c>Given/rows.csx</c> and <c>Given/embedding.csx</c> before it.
/// </summary>
internal static class GivenCode
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Given");

    /// <exception cref="SnippetException">There is no such code.</exception>
    public static string Read(string name, Snippet snippet)
    {
        string path = Path.Combine(_folder, $"{name}.csx");
        return File.Exists(path) ? File.ReadAllText(path) : throw new SnippetException($"{snippet.Document}({snippet.Line}): there is no Given/{name}.csx.");
    }
}
