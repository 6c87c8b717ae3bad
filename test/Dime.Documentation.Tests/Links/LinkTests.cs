namespace Dime.Documentation.Tests.Links;

/// <summary>Links between documents, and from them to files of the repository.</summary>
[TestClass]
public sealed class LinkTests
{
    public static IEnumerable<object[]> Documents => Page.Paths.Select(path => new object[] { Path.GetRelativePath(Page.Repository, path) });

    [TestMethod]
    [DynamicData(nameof(Documents))]
    public void Links_lead_somewhere(string document) => Assert.IsEmpty(Page.Read(Path.Combine(Page.Repository, document)).Broken());

    [TestMethod]
    public void Broken_links_are_told_with_their_lines()
    {
        var page = Page.Parse(
            Path.Combine(Page.Repository, "docs", "text.md"),
            """
            # Some words, and more

            [here](#some-words-and-more) [elsewhere](trust.md#fuzzing) [the licence](../LICENSE) [another host](https://example.org/none.md)
            [nowhere](nowhere.md) ![picture](images/none.svg)

            | table |
            | --- |
            | [no heading](trust.md#nothing-of-the-kind) |

            `[code](none.md)`
            """);

        CollectionAssert.AreEqual(
            new[]
            {
                "docs/text.md(4): 'nowhere.md': there is no such file",
                "docs/text.md(4): 'images/none.svg': there is no such file",
                "docs/text.md(8): 'trust.md#nothing-of-the-kind': there is no such heading",
            },
            page.Broken().Select(broken => broken.Replace('\\', '/')).ToArray());
    }

    [TestMethod]
    public void Each_article_is_in_the_table_of_contents()
    {
        string contents = File.ReadAllText(Path.Combine(Page.Repository, "docs", "toc.yml"));
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(Page.Repository, "docs"), "*.md").Select(Path.GetFileName).Where(name => !contents.Contains($"href: {name}", StringComparison.Ordinal)));
    }

    /// <summary>A front page leads to the rest; what does not fit on it belongs there.</summary>
    [TestMethod]
    public void Readme_is_a_front_page() => Assert.IsLessThanOrEqualTo(150, File.ReadAllLines(Path.Combine(Page.Repository, "README.md")).Length);
}
