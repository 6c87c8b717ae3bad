using System.Globalization;
using Dime.Cluster.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>Processes that meet at a Redis, and workers that come and go.</summary>
[TestClass]
public sealed class ClusterTests : IDisposable
{
    private readonly TestCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [TestMethod]
    public void Model_is_that_of_one_machine_though_a_worker_is_killed_and_one_comes()
    {
        const int Shards = 32;
        const int Rows = 800;

        string[] shards = _cluster.WriteShards(Shards, Rows);
        ClusterProcess[] workers = [_cluster.StartWorker(), _cluster.StartWorker(), _cluster.StartWorker()];
        ClusterProcess fit = _cluster.StartFit();
        workers[0].WaitFor("Began", 2);
        workers[0].Kill();
        _cluster.StartWorker();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        Assert.Contains("is tried again", fit.Text);
        foreach (string shard in shards)
        {
            string done = string.Create(CultureInfo.InvariantCulture, $" '{Path.GetFileName(shard)}': {Rows} rows,");
            Assert.ContainsSingle(line => line.Contains(done, StringComparison.Ordinal), fit.Lines, fit.Text);
        }

        Assert.HasCount(Shards, _cluster.PartNames, "Nothing but the parts is left.");
        _cluster.AssertModelIsOf(shards);
    }

    [TestMethod]
    public void Fit_waits_for_another_worker_when_the_only_one_dies()
    {
        string[] shards = _cluster.WriteShards(6, rows: 400);
        ClusterProcess worker = _cluster.StartWorker();
        ClusterProcess fit = _cluster.StartFit();
        worker.WaitFor("Began", 2);
        worker.Kill();
        fit.WaitFor("has gone");
        ClusterProcess other = _cluster.StartWorker();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        Assert.Contains("Finished", other.Text);
        _cluster.AssertModelIsOf(shards);
    }

    [TestMethod]
    public void Worker_that_is_stopped_gives_its_shard_back()
    {
        string[] shards = _cluster.WriteShards(2, rows: 15_000);
        ClusterProcess worker = _cluster.StartWorker();
        ClusterProcess fit = _cluster.StartFit();
        worker.WaitFor("Began");
        worker.Signal("-TERM");

        Assert.AreEqual(143, worker.Wait(), worker.Text);
        Assert.Contains("Gave up", worker.Text);
        fit.WaitFor("is tried again");
        _cluster.StartWorker();
        Assert.AreEqual(0, fit.Wait(), fit.Text);
        _cluster.AssertModelIsOf(shards);
    }

    [TestMethod]
    public void Worker_that_hangs_is_taken_for_dead_and_ends_when_it_wakes_up()
    {
        string[] shards = _cluster.WriteShards(6, rows: 2000);
        ClusterProcess[] workers = [_cluster.StartWorker(), _cluster.StartWorker()];
        ClusterProcess fit = _cluster.StartFit();
        workers[0].WaitFor("Began");
        workers[0].Signal("-STOP");

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        _cluster.AssertModelIsOf(shards);
        workers[0].Signal("-CONT");
        Assert.AreNotEqual(0, workers[0].Wait(), workers[0].Text);
    }
}
