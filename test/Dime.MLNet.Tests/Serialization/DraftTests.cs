using Dime.MLNet.Serialization;

namespace Dime.MLNet.Tests.Serialization;

/// <summary>What a process that was killed leaves beside a file.</summary>
[TestClass]
public sealed class DraftTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dime-drafts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_draft_that_was_left_is_removed_and_one_that_is_written_stays()
    {
        string path = Path.Combine(_folder, "state");
        using FileStream open = Drafts.Create(_folder, "state");
        string left = Path.Combine(_folder, $".state.{Guid.NewGuid():N}.tmp");
        File.WriteAllText(left, "half");

        WholeFile.Write(path, stream => stream.Write("whole"u8));

        CollectionAssert.AreEquivalent(new[] { path, open.Name }, Directory.GetFiles(_folder));
        Assert.AreEqual("whole", File.ReadAllText(path));

        Drafts.Remove(open);
        CollectionAssert.AreEquivalent(new[] { path }, Directory.GetFiles(_folder));
    }

    // Many at a time: none takes another's draft for one that was left.
    [TestMethod]
    public void Drafts_of_one_file_at_a_time_do_not_disturb_each_other()
    {
        string path = Path.Combine(_folder, "state");
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => WholeFile.Write(path, stream => stream.Write(BitConverter.GetBytes(i))));

        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(_folder));
        Assert.HasCount(sizeof(int), File.ReadAllBytes(path));
    }
}
