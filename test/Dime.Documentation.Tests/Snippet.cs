using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Dime.Documentation.Tests;

/// <summary>A block of C# in a document.</summary>
/// <param name="Document">The name of the document.</param>
/// <param name="Heading">The heading that it stands under.</param>
/// <param name="Line">The line of the document that its first line is, counted from 1.</param>
/// <param name="Given">What the text says that readers have already; see <see cref="GivenCode"/>.</param>
/// <param name="Code">The C#.</param>
internal sealed record Snippet(string Document, string Heading, int Line, IReadOnlyList<string> Given, string Code)
{
    private const string GivenStart = "<!-- given:", GivenEnd = "-->";

    /// <summary>The blocks of C# of a document, from top to bottom.</summary>
    public static IEnumerable<Snippet> Read(string document, string markdown)
    {
        string heading = "";
        Block? before = null;
        foreach (Block block in Markdown.Parse(markdown))
        {
            if (block is HeadingBlock { Inline: { } words })
            {
                heading = string.Concat(words.Descendants<LiteralInline>());
            }
            else if (block is FencedCodeBlock { Info: "csharp" } code)
            {
                yield return new Snippet(document, heading, block.Line + 2, NamesIn(before), code.Lines.ToString());
            }

            before = block;
        }
    }

    private static string[] NamesIn(Block? block)
    {
        string text = block is HtmlBlock html ? html.Lines.ToString() : "";
        return text.StartsWith(GivenStart, StringComparison.Ordinal)
            ? text[GivenStart.Length..text.IndexOf(GivenEnd, StringComparison.Ordinal)].Split(',', StringSplitOptions.TrimEntries)
            : [];
    }
}
