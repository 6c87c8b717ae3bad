using System.Globalization;
using Dime.Cluster.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>Real processes that meet at a real Redis.</summary>
[TestClass]
public sealed class ClusterTests : IDisposable
{
    private RedisServer? _redis;
    private TestCluster? _cluster;

    private TestCluster Cluster => _cluster!;

    [TestInitialize]
    public void Start()
    {
        _redis = RedisServer.StartOrSkip();
        _cluster = new TestCluster(_redis);
    }

    public void Dispose()
    {
        _cluster?.Dispose();
        _redis?.Dispose();
    }

    [TestMethod]
    public void Model_is_that_of_one_machine_though_a_worker_is_killed_and_one_comes()
    {
        const int Shards = 32;
        const int Rows = 800;

        string[] shards = Cluster.WriteShards(Shards, Rows);
        ClusterProcess[] workers = [Cluster.StartWorker(), Cluster.StartWorker(), Cluster.StartWorker()];
        using ClusterProcess fit = Cluster.StartFit();
        workers[0].WaitFor("Began", 2);
        workers[0].Kill();
        Cluster.StartWorker();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        Assert.Contains("is tried again", fit.Text);
        foreach (string shard in shards)
        {
            string done = string.Create(CultureInfo.InvariantCulture, $" '{Path.GetFileName(shard)}': {Rows} rows,");
            Assert.ContainsSingle(line => line.Contains(done, StringComparison.Ordinal), fit.Lines, fit.Text);
        }

        Assert.HasCount(Shards, Cluster.PartNames, "Nothing but the parts is left.");
        AssertSame(Cluster.ModelOfOneMachine(shards), TestCluster.Entries(Cluster.Model));
    }

    [TestMethod]
    public void Fit_waits_for_another_worker_when_the_only_one_dies()
    {
        string[] shards = Cluster.WriteShards(6, rows: 400);
        ClusterProcess worker = Cluster.StartWorker();
        using ClusterProcess fit = Cluster.StartFit();
        worker.WaitFor("Began", 2);
        worker.Kill();
        fit.WaitFor("has gone");
        ClusterProcess other = Cluster.StartWorker();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        Assert.Contains("Finished", other.Text);
        AssertSame(Cluster.ModelOfOneMachine(shards), TestCluster.Entries(Cluster.Model));
    }

    [TestMethod]
    public void Shard_that_cannot_be_read_fails_the_fit_by_name_when_the_others_are_done_or_is_left_out()
    {
        string[] shards = Cluster.WriteShards(5, rows: 200);
        string text = File.ReadAllText(shards[1]);
        File.WriteAllText(shards[1], text[..(text.Length / 2)] + ",x");
        Cluster.StartWorker();

        using ClusterProcess fit = Cluster.StartFit();

        Assert.AreEqual(3, fit.Wait(), fit.Text);
        Assert.Contains("1 of 5 shards failed", fit.Lines[^1]);
        Assert.Contains("part-02.csv", fit.Lines[^1]);
        Assert.IsFalse(File.Exists(Cluster.Model));
        Assert.HasCount(4, Cluster.PartNames);

        using ClusterProcess lenient = Cluster.StartFit("--skip-unreadable");

        Assert.AreEqual(0, lenient.Wait(), lenient.Text);
        Assert.Contains(line => line.Contains("'part-02.csv' is left out", StringComparison.Ordinal), lenient.Lines, lenient.Text);
        AssertSame(Cluster.ModelOfOneMachine([.. shards.Where((_, i) => i != 1)]), TestCluster.Entries(Cluster.Model));
    }

    [TestMethod]
    public void Fit_that_was_killed_goes_on_from_the_parts()
    {
        string[] shards = Cluster.WriteShards(12, rows: 1000);
        ClusterProcess worker = Cluster.StartWorker();
        using ClusterProcess killed = Cluster.StartFit();
        killed.WaitFor(" rows, worker ", 3);
        killed.Kill();
        Assert.IsFalse(File.Exists(Cluster.Model));
        int begun = worker.Lines.Count(line => line.StartsWith("Began", StringComparison.Ordinal));

        using ClusterProcess fit = Cluster.StartFit();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        int found = fit.Lines.Count(line => line.EndsWith("done before.", StringComparison.Ordinal));
        Assert.IsGreaterThanOrEqualTo(3, found, fit.Text);
        int again = worker.Lines.Count(line => line.StartsWith("Began", StringComparison.Ordinal)) - begun;
        Assert.IsLessThanOrEqualTo(shards.Length - found, again, worker.Text);
        AssertSame(Cluster.ModelOfOneMachine(shards), TestCluster.Entries(Cluster.Model));

        // All is done: no worker is needed any more.
        worker.Kill();
        File.Delete(Cluster.Model);
        using ClusterProcess last = Cluster.StartFit();
        Assert.AreEqual(0, last.Wait(), last.Text);
        Assert.IsTrue(File.Exists(Cluster.Model));
    }

    [TestMethod]
    public void Cluster_without_workers_is_told()
    {
        Cluster.WriteShards(1, rows: 100);

        using ClusterProcess fit = Cluster.StartFit();

        Assert.AreEqual(3, fit.Wait(), fit.Text);
        Assert.StartsWith("There is no worker in the cluster", fit.Lines[^1]);
        Assert.IsFalse(File.Exists(Cluster.Model));
    }

    [TestMethod]
    public void Worker_refuses_what_lies_elsewhere()
    {
        string[] shards = Cluster.WriteShards(2, rows: 100);
        string outside = Cluster["outside.csv"];
        File.Move(shards[1], outside);
        File.CreateSymbolicLink(shards[1], outside);
        ClusterProcess worker = Cluster.Start(["worker", "--allow", Cluster.Data, "--allow", Cluster.Parts]);
        worker.WaitFor("has joined cluster");

        using ClusterProcess fit = Cluster.StartFit("--skip-unreadable");

        Assert.AreEqual(3, fit.Wait(), fit.Text);
        Assert.Contains($"'{shards[1]}' is refused", fit.Lines[^1]);
        Assert.IsFalse(worker.Lines.Any(line => line.Contains("part-02.csv", StringComparison.Ordinal)), "It was read.");
        Assert.HasCount(1, Cluster.PartNames);
    }

    private static void AssertSame(Dictionary<string, string> expected, Dictionary<string, string> actual)
    {
        CollectionAssert.AreEquivalent(expected.Keys, actual.Keys);
        foreach ((string name, string content) in expected)
        {
            Assert.AreEqual(content, actual[name], name);
        }
    }
}
