using Dime.Tool.Inputs;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Inputs;

[TestClass]
public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Images_are_found_in_the_order_of_their_paths()
    {
        Touch("b/2.jpg", "b/10.PNG", "a.gif", "b.webp", "b/c/1.jpeg", "Z.bmp", "b/notes.txt");

        AssertFound("Z.bmp", "a.gif", "b.webp", "b/10.PNG", "b/2.jpg", "b/c/1.jpeg");
    }

    [TestMethod]
    public void Hidden_files_and_folders_are_passed_over()
    {
        Touch("1.png", "._1.png", ".2.jpg", ".thumbnails/3.jpg", "sub/.cache/deep/4.jpg", "sub/5.jpg");

        AssertFound("1.png", "sub/5.jpg");
    }

    [TestMethod]
    public void A_folder_that_is_hidden_itself_may_be_named()
    {
        Touch(".hidden/1.png");

        Assert.AreSequenceEqual([_folder[".hidden/1.png"]], ImageFiles.Find(_folder[".hidden"]));
    }

    [TestMethod]
    public void Links_that_lead_back_are_not_followed()
    {
        Touch("root/1.jpg", "root/sub/2.jpg", "beside/3.jpg");
        Link("root/sub/loop", "root");
        Link("root/here", "root/sub");
        Link("root/above", ".");
        Link("root/sub/self", "root/sub");

        Assert.AreSequenceEqual([_folder["root/1.jpg"], _folder["root/sub/2.jpg"]], ImageFiles.Find(_folder["root"]));
    }

    [TestMethod]
    public void A_folder_of_links_in_a_circle_comes_to_an_end()
    {
        Touch("root/1.jpg", "other/2.jpg");
        Link("root/other", "other");
        Link("other/back", "root");
        Link("other/again", "other");
        Link("root/circle", "root/circle");

        Assert.AreSequenceEqual([_folder["root/1.jpg"], _folder["root/other/2.jpg"]], ImageFiles.Find(_folder["root"]));
    }

    [TestMethod]
    public void What_several_links_lead_to_is_taken_once()
    {
        Touch("root/a/1.jpg", "other/2.jpg", "other/deep/3.jpg");
        Link("root/first", "other");
        Link("root/second", "other");
        Link("root/a/third", "other/deep");
        Link("root/one.jpg", "root/a/1.jpg");
        Link("root/two.jpg", "other/2.jpg");

        // The deep folder's own link comes first; what holds it is still read for the rest.
        Assert.AreSequenceEqual(
            [_folder["root/a/1.jpg"], _folder["root/a/third/3.jpg"], _folder["root/first/2.jpg"]],
            ImageFiles.Find(_folder["root"]));
    }

    [TestMethod]
    public void A_link_that_leads_nowhere_is_left_to_whoever_reads_it()
    {
        Touch("1.jpg");
        Link("2.jpg", "none.jpg");
        Link("none", "nowhere");
        Link("3.jpg", "3.jpg");

        AssertFound("1.jpg", "2.jpg", "3.jpg");
    }

    private void AssertFound(params string[] names)
    {
        string Name(string path) => Path.GetRelativePath(_folder.Path, path).Replace(Path.DirectorySeparatorChar, '/');

        Assert.AreSequenceEqual(names, ImageFiles.Find(_folder.Path).Select(Name));
    }

    private void Touch(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.WriteAllBytes(_folder[name], []);
        }
    }

    private void Link(string name, string target)
    {
        try
        {
            Directory.CreateSymbolicLink(_folder[name], Path.TrimEndingDirectorySeparator(Path.GetFullPath(_folder[target])));
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Links cannot be made here.");
        }
    }
}
