using Dime.Cluster.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>Fits that end before their time, and two that get into one another's way.</summary>
[TestClass]
public sealed class InterruptedFitTests : IDisposable
{
    private readonly TestCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [TestMethod]
    public void Fit_that_was_killed_goes_on_from_the_parts()
    {
        string[] shards = _cluster.WriteShards(12, rows: 1000);
        ClusterProcess worker = _cluster.StartWorker();
        ClusterProcess killed = _cluster.StartFit();
        killed.WaitFor(" rows, worker ", 3);
        killed.Kill();
        Assert.IsFalse(File.Exists(_cluster.Model));
        int begun = Begun(worker);

        ClusterProcess fit = _cluster.StartFit();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        int found = fit.Lines.Count(line => line.EndsWith("done before.", StringComparison.Ordinal));
        Assert.IsGreaterThanOrEqualTo(3, found, fit.Text);
        Assert.IsLessThanOrEqualTo(shards.Length - found, Begun(worker) - begun, worker.Text);
        _cluster.AssertModelIsOf(shards);

        // All is done: no worker is needed any more.
        worker.Kill();
        File.Delete(_cluster.Model);
        ClusterProcess last = _cluster.StartFit();
        Assert.AreEqual(0, last.Wait(), last.Text);
        Assert.IsTrue(File.Exists(_cluster.Model));
    }

    [TestMethod]
    public void Workers_stop_for_a_fit_that_was_interrupted_and_serve_the_next()
    {
        string[] shards = _cluster.WriteShards(2, rows: 15_000);
        ClusterProcess worker = _cluster.StartWorker();
        ClusterProcess interrupted = _cluster.StartFit();
        worker.WaitFor("Began");
        interrupted.Signal("-TERM");

        Assert.AreEqual(143, interrupted.Wait(), interrupted.Text);
        Assert.StartsWith("Interrupted", interrupted.Lines[^1]);
        Assert.IsFalse(interrupted.Lines.Any(line => line.Contains("tried again", StringComparison.Ordinal)), interrupted.Text);
        worker.WaitFor("Gave up");
        Assert.IsFalse(File.Exists(_cluster.Model));

        ClusterProcess fit = _cluster.StartFit();

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        Assert.HasCount(shards.Length, _cluster.PartNames);
        _cluster.AssertModelIsOf(shards);
    }

    [TestMethod]
    public void Two_fits_at_once_share_parts_and_workers()
    {
        string[] shards = _cluster.WriteShards(8, rows: 500);
        _cluster.StartWorker();
        _cluster.StartWorker();
        string[] pattern = ["--shards", Path.Combine(_cluster.Data, "*.csv")];
        ClusterProcess[] fits = [_cluster.StartFitOf(pattern), _cluster.StartFitOf(pattern, "other.zip")];

        foreach (ClusterProcess fit in fits)
        {
            Assert.AreEqual(0, fit.Wait(), fit.Text);
        }

        Assert.HasCount(shards.Length, _cluster.PartNames);
        _cluster.AssertModelIsOf(shards);
        File.Move(_cluster.Folder["other.zip"], _cluster.Model, overwrite: true);
        _cluster.AssertModelIsOf(shards);
    }

    private static int Begun(ClusterProcess worker) => worker.Lines.Count(line => line.StartsWith("Began", StringComparison.Ordinal));
}
