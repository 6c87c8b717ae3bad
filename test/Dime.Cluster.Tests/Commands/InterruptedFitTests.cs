using System.Diagnostics;
using Dime.Cluster.Tests.Fixtures;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>Fits that end before their time, and two that get into one another's way.</summary>
[TestClass]
public sealed class InterruptedFitTests : IDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly Random _random = new();

    public TestContext TestContext { get; set; } = null!;

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

    /// <summary>By hand with <c>DIME_KILLS</c>, the number of kills; every second one is of a worker.</summary>
    [TestMethod]
    public void Model_and_parts_are_whole_or_absent_when_fits_and_workers_are_killed_at_any_moment()
    {
        const int Rows = 1500;

        string[] shards = _cluster.WriteShards(6, Rows);
        ClusterProcess worker = _cluster.StartWorker();
        var clock = Stopwatch.StartNew();
        ClusterProcess fit = _cluster.StartFit();
        Assert.AreEqual(0, fit.Wait(), fit.Text);
        TimeSpan usual = clock.Elapsed;
        _cluster.AssertModelIsOf(shards);
        string[] whole = ModelZip.ContentOf(_cluster.Model);
        int replaced = 0, drafts = 0, ended = 0;
        for (int i = 0; i < KillCount.Value; i++)
        {
            File.Delete(_cluster.Model);
            foreach (string part in Directory.GetFiles(_cluster.Parts, "*.sums").Where(_ => _random.Next(4) > 0))
            {
                File.Delete(part);
            }

            fit = _cluster.StartFit();
            Thread.Sleep(_random.NextDouble() * usual);
            ClusterProcess killed = i % 2 == 0 ? fit : worker;
            ended += killed.HasExited ? 1 : 0;
            killed.Kill();
            if (killed == worker)
            {
                worker = _cluster.StartWorker();
                Assert.AreEqual(0, fit.Wait(), fit.Text);
            }

            if (File.Exists(_cluster.Model))
            {
                Assert.AreSequenceEqual(whole, ModelZip.ContentOf(_cluster.Model));
                replaced++;
            }

            foreach (string part in Directory.GetFiles(_cluster.Parts, "*.sums"))
            {
                Assert.AreEqual(Rows, DetectorSums.Load(part).RowCount, part);
            }

            drafts += Drafts().Length;
        }

        fit = _cluster.StartFit();
        Assert.AreEqual(0, fit.Wait(), fit.Text);
        _cluster.AssertModelIsOf(shards);
        Assert.IsEmpty(Drafts());
        Assert.HasCount(shards.Length, _cluster.PartNames);
        TestContext.WriteLine($"dime-cluster: {KillCount.Value} kills, {replaced} left the whole model, {ended} came after the end; {drafts} drafts were found after them.");
    }

    private string[] Drafts() => [.. Directory.EnumerateFiles(_cluster.Folder.Path, "*.tmp", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true })];

    private static int Begun(ClusterProcess worker) => worker.Lines.Count(line => line.StartsWith("Began", StringComparison.Ordinal));
}
