namespace Dime.Cluster.Tests.Parts;

/// <summary>Paths lead where they lead, whatever they look like.</summary>
[TestClass]
public sealed class AllowedFoldersTests
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dime-allowed-");

    private string Allowed => Directory.CreateDirectory(At("allowed")).FullName;

    [TestCleanup]
    public void Remove() => _root.Delete(recursive: true);

    [TestMethod]
    public void What_lies_below_is_allowed()
    {
        var folders = new AllowedFolders([Allowed]);

        Assert.AreEqual(At("allowed/a/b.csv"), folders.Require(At("allowed/a/b.csv")));
        Assert.AreEqual(At("allowed/b.csv"), folders.Require(At("allowed/a/../b.csv")));
        Assert.AreEqual(At("allowed"), folders.Require(At("allowed")));
    }

    [TestMethod]
    [DataRow("other/b.csv")]
    [DataRow("allowed/../other/b.csv")]
    [DataRow("allowed-not/b.csv")]
    [DataRow("allowed/link/b.csv")]
    [DataRow("allowed/file.csv")]
    [DataRow("allowed/far/b.csv")]
    public void What_leads_elsewhere_is_refused(string path)
    {
        var folders = new AllowedFolders([Allowed]);
        Directory.CreateDirectory(At("other"));
        File.WriteAllText(At("other/b.csv"), "1");
        Directory.CreateSymbolicLink(At("allowed/link"), At("other"));
        File.CreateSymbolicLink(At("allowed/file.csv"), "../other/b.csv");
        Directory.CreateSymbolicLink(At("allowed/far"), At("allowed/link"));

        UnauthorizedAccessException e = Assert.ThrowsExactly<UnauthorizedAccessException>(() => folders.Require(At(path)));

        Assert.Contains("--allow", e.Message);
    }

    [TestMethod]
    public void Link_that_stays_within_is_followed()
    {
        var folders = new AllowedFolders([Allowed]);
        File.WriteAllText(At("allowed/a.csv"), "1");
        File.CreateSymbolicLink(At("allowed/link.csv"), At("allowed/a.csv"));

        Assert.AreEqual(At("allowed/a.csv"), folders.Require(At("allowed/link.csv")));
    }

    [TestMethod]
    public void Without_folders_and_without_a_root_all_is_refused()
    {
        Assert.ThrowsExactly<UnauthorizedAccessException>(() => new AllowedFolders([]).Require(At("allowed/a.csv")));
        Assert.ThrowsExactly<UnauthorizedAccessException>(() => new AllowedFolders(["/"]).Require("a.csv"));
    }

    private string At(string path) => Path.Combine(_root.FullName, path);
}
