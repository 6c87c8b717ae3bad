using Dime.Cluster.Grains;
using Dime.Cluster.Parts;
using Dime.Cluster.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dime.Cluster.Tests.Parts;

/// <summary>A worker writes parts, and removes damaged ones; nothing else that lies in its folders.</summary>
[TestClass]
public sealed class PartNameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Parts_are_told_from_other_files()
    {
        Assert.IsTrue(PartName.IsOf(Path.Combine("/data", PartName.Of(new Shard("a.csv", "/data/a.csv"), "stamp", "settings"))));
        foreach (string other in (string[])["model.zip", "all.sums", "a.0123456789ABCDEF.sums.zip", "a.0123456789ABCDEG.sums"])
        {
            Assert.IsFalse(PartName.IsOf(other), other);
        }
    }

    [TestMethod]
    public async Task A_file_that_is_no_part_is_left_alone()
    {
        string shard = _folder.Write("a.csv", "1"), other = _folder.Write("model.zip", "precious");
        using var work = new ShardWork(
            new GatedAccumulator((_, _) => Task.CompletedTask), new AllowedFolders([_folder.Path]), Options.Create(new DimeWorkerOptions()), new Lifetime());

        ShardReply reply = await work.RunAsync(new ShardCall("run", "attempt", "a.csv", shard, ShardStamp.Of(shard), "", other), CancellationToken.None);

        Assert.AreEqual(ShardOutcome.Refused, reply.Outcome);
        Assert.AreEqual("precious", await File.ReadAllTextAsync(other));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
