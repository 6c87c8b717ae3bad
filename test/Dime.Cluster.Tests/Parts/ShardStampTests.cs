using Dime.Cluster.Parts;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Cluster.Tests.Parts;

/// <summary>A stamp changes with the shard, however it is reached.</summary>
[TestClass]
public sealed class ShardStampTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Link_has_the_stamp_of_its_file()
    {
        string file = _folder.Write("a.csv", "1");
        File.CreateSymbolicLink(_folder["link.csv"], file);

        Assert.AreEqual(ShardStamp.Of(file), ShardStamp.Of(_folder["link.csv"]));
    }

    [TestMethod]
    public void Folder_changes_with_what_is_in_it_also_behind_links_and_in_spite_of_circles()
    {
        Directory.CreateDirectory(_folder["shard/sub"]);
        Directory.CreateDirectory(_folder["far"]);
        _folder.Write("shard/sub/a", "1");
        _folder.Write("far/b", "1");
        Directory.CreateSymbolicLink(_folder["shard/circle"], _folder["shard"]);
        Directory.CreateSymbolicLink(_folder["shard/far"], _folder["far"]);
        File.CreateSymbolicLink(_folder["shard/nowhere"], _folder["none"]);
        File.CreateSymbolicLink(_folder["shard/itself"], _folder["shard/itself"]);
        string first = ShardStamp.Of(_folder["shard"]);

        Assert.AreEqual(first, ShardStamp.Of(_folder["shard"]));
        _folder.Write("far/b", "12");
        string second = ShardStamp.Of(_folder["shard"]);
        Assert.AreNotEqual(first, second);
        _folder.Write("shard/sub/a", "12");
        Assert.AreNotEqual(second, ShardStamp.Of(_folder["shard"]));
    }

    [TestMethod]
    public void Missing_shard_is_a_fault_of_the_machine() =>
        Assert.Contains(_folder["none"], Assert.ThrowsExactly<FileNotFoundException>(() => ShardStamp.Of(_folder["none"])).Message);
}
