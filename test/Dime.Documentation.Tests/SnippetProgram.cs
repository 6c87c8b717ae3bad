using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dime.Documentation.Tests;

/// <summary>
/// A program of a document: a snippet that begins with <c>using</c>, and those after it that do not, which go on from it.
/// </summary>
internal sealed class SnippetProgram
{
    private readonly List<Snippet> _snippets;

    private SnippetProgram(Snippet first) => _snippets = [first];

    public string Document => _snippets[0].Document;

    /// <summary>Says which one it is, as compilers name a place.</summary>
    public string Title => $"{Document}({_snippets[0].Line}): {_snippets[0].Heading}";

    /// <summary>Divides the snippets of a document into programs.</summary>
    public static IReadOnlyList<SnippetProgram> Divide(IEnumerable<Snippet> snippets)
    {
        List<SnippetProgram> programs = [];
        foreach (Snippet snippet in snippets)
        {
            if (programs.Count == 0 || Parse(snippet).Usings.Count > 0)
            {
                programs.Add(new SnippetProgram(snippet));
            }
            else
            {
                programs[^1]._snippets.Add(snippet);
            }
        }

        return programs;
    }

    /// <summary>The whole program, in the order that C# asks for: usings, statements, types.</summary>
    /// <exception cref="SnippetException">Code that is said to be given is not there.</exception>
    public string Source()
    {
        StringBuilder usings = new(), statements = new(), types = new();
        foreach (Snippet snippet in _snippets)
        {
            CompilationUnitSyntax unit = Parse(snippet);
            int firstStatement = unit.Usings.FullSpan.End;
            int firstType = unit.Members.FirstOrDefault(member => member is not GlobalStatementSyntax)?.FullSpan.Start ?? snippet.Code.Length;
            Append(usings, snippet, 0, firstStatement);
            foreach (string name in snippet.Given)
            {
                statements.AppendLine(CultureInfo.InvariantCulture, $"#line 1 \"Given/{name}.csx\"").AppendLine(GivenCode.Read(name, snippet));
            }

            Append(statements, snippet, firstStatement, firstType);
            Append(types, snippet, firstType, snippet.Code.Length);
        }

        return $"{usings}{statements}{types}";
    }

    private static CompilationUnitSyntax Parse(Snippet snippet) => SyntaxFactory.ParseCompilationUnit(snippet.Code);

    /// <summary>Appends a part, under the line of the document that it stands in.</summary>
    private static void Append(StringBuilder source, Snippet snippet, int start, int end)
    {
        int line = snippet.Line + SourceText.From(snippet.Code).Lines.GetLineFromPosition(start).LineNumber;
        source.AppendLine(CultureInfo.InvariantCulture, $"#line {line} \"{snippet.Document}\"").AppendLine(snippet.Code[start..end]);
    }
}
