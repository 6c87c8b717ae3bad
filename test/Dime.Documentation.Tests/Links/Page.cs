using Dime.MLNet.Benchmarks;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Dime.Documentation.Tests.Links;

/// <summary>A document as it lies in the repository: its links, and the anchors that others may lead to.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Anchors">The anchors of its headings, as the hosts of repositories and the site make them.</param>
/// <param name="Targets">Where its links and pictures lead, with their lines.</param>
internal sealed record Page(string Path, IReadOnlySet<string> Anchors, IReadOnlyList<(int Line, string Target)> Targets)
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    public static string Repository { get; } =
        RepositoryFolder.Find() ?? throw new InvalidOperationException("The tests of links must run in the repository: they look at the files that documents lead to.");

    /// <summary>README, the others beside it, and all of docs.</summary>
    public static IEnumerable<string> Paths =>
    [
        .. Directory.GetFiles(Repository, "*.md"),
        .. Directory.GetFiles(System.IO.Path.Combine(Repository, "docs"), "*.md"),
        System.IO.Path.Combine(Repository, "data", "README.md"),
        System.IO.Path.Combine(Repository, "notebooks", "README.md"),
    ];

    public static Page Read(string path) => Parse(path, File.ReadAllText(path));

    public static Page Parse(string path, string markdown)
    {
        MarkdownDocument document = Markdown.Parse(markdown, _pipeline);
        return new Page(
            path,
            document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id).OfType<string>().ToHashSet(),
            [.. document.Descendants<LinkInline>().Select(link => (link.Line + 1, link.Url ?? ""))]);
    }

    /// <summary>Says of each link that leads nowhere where it stands; links to other hosts are not followed.</summary>
    public IEnumerable<string> Broken()
    {
        foreach ((int line, string target) in Targets.Where(link => !Uri.TryCreate(link.Target, UriKind.Absolute, out _)))
        {
            string[] parts = target.Split('#', 2);
            string file = parts[0].Length == 0 ? Path : System.IO.Path.GetFullPath(Uri.UnescapeDataString(parts[0]), System.IO.Path.GetDirectoryName(Path)!);
            string place = $"{System.IO.Path.GetRelativePath(Repository, Path)}({line}): '{target}'";
            if (file != Path && !File.Exists(file) && !Directory.Exists(file))
            {
                yield return $"{place}: there is no such file";
            }
            else if (parts.Length == 2 && !(file == Path ? this : Read(file)).Anchors.Contains(parts[1]))
            {
                yield return $"{place}: there is no such heading";
            }
        }
    }
}
