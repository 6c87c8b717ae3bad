using Dime.Cluster.Parts;
using Dime.Cluster.Tests.Fixtures;
using Dime.MLNet;

namespace Dime.Cluster.Tests.Coordination;

/// <summary>Silos in this process, whose shards the tests hold back.</summary>
[TestClass]
public sealed class ShardCoordinatorTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-coordinator-");

    private string Parts => Path.Combine(_folder.FullName, "parts");

    [TestCleanup]
    public void Remove() => _folder.Delete(recursive: true);

    [TestMethod]
    public async Task Result_that_comes_twice_is_counted_once()
    {
        TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously), last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var accumulator = new GatedAccumulator((name, attempt) => (name, attempt) switch
        {
            ("a", 1) => slow.Task,
            ("b", _) => last.Task,
            _ => Task.CompletedTask,
        });
        await using Silos silos = await Silos.StartAsync(
            workers: 2, slots: 2, accumulator, _folder.FullName, options => options.AttemptTimeout = TimeSpan.FromMilliseconds(300));
        var progress = new HeardProgress();
        Task<ShardRun> running = silos.Coordinator.RunAsync(Plan("a", "b"), progress);
        await progress.WaitForAsync(ShardProgressKind.Finished, "'a'");
        slow.SetResult();
        await progress.WaitForAsync(ShardProgressKind.Duplicate, "'a'");
        last.SetResult();
        ShardRun run = await running;

        CollectionAssert.AreEqual(new[] { "a", "b" }, run.Parts.Select(part => part.Shard.Name).ToArray());
        Assert.AreEqual(2 * GatedAccumulator.Rows, run.Merge<DimeSums>().RowCount);
        Assert.HasCount(2, progress.Heard.Where(heard => heard.Kind == ShardProgressKind.Finished));
        Assert.HasCount(2, Directory.GetFileSystemEntries(Parts));
    }

    [TestMethod]
    public async Task Worker_that_comes_in_the_midst_gets_shards()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var accumulator = new GatedAccumulator((name, _) => name == "a" ? first.Task : Task.CompletedTask);
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 1, accumulator, _folder.FullName, _ => { });
        var progress = new HeardProgress();
        Task<ShardRun> running = silos.Coordinator.RunAsync(Plan("a", "b", "c"), progress);
        await progress.WaitForAsync(ShardProgressKind.WorkerJoined, "Worker");
        await silos.AddWorkerAsync(slots: 1, accumulator, _folder.FullName);
        await progress.WaitForAsync(ShardProgressKind.Finished, "'b'");
        await progress.WaitForAsync(ShardProgressKind.Finished, "'c'");
        first.SetResult();

        Assert.AreEqual(3 * GatedAccumulator.Rows, (await running).Merge<DimeSums>().RowCount);
        Assert.HasCount(2, progress.Heard.Where(heard => heard.Kind == ShardProgressKind.WorkerJoined));
    }

    [TestMethod]
    public async Task Shards_that_fail_are_named_when_all_others_are_done()
    {
        TaskCompletionSource others = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var accumulator = new GatedAccumulator((name, _) => name switch
        {
            "a" => Task.FromException(new InvalidDataException("line 7 is cut short.")),
            "b" => Task.FromException(new NotSupportedException("no such thing.")),
            _ => others.Task,
        });
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 2, accumulator, _folder.FullName, _ => { });
        var progress = new HeardProgress();
        Task<ShardRun> running = silos.Coordinator.RunAsync(Plan("a", "b", "c"), progress);
        await progress.WaitForAsync(ShardProgressKind.Failed, "'a'");
        await progress.WaitForAsync(ShardProgressKind.Failed, "'b'");
        Assert.IsFalse(running.IsCompleted);
        others.SetResult();

        ShardsFailedException e = await Assert.ThrowsExactlyAsync<ShardsFailedException>(() => running);

        CollectionAssert.AreEqual(new[] { "a", "b" }, e.Failures.Select(failure => failure.Shard.Name).ToArray());
        Assert.Contains("line 7 is cut short.", e.Message);
        Assert.HasCount(1, Directory.GetFileSystemEntries(Parts));

        // What is left out is what cannot be read; other faults stay faults.
        ShardsFailedException strict = await Assert.ThrowsExactlyAsync<ShardsFailedException>(
            () => silos.Coordinator.RunAsync(Plan("a", "b", "c") with { SkipsUnreadable = true }));
        CollectionAssert.AreEqual(new[] { "b" }, strict.Failures.Select(failure => failure.Shard.Name).ToArray());
    }

    [TestMethod]
    public async Task Shard_that_a_worker_does_not_see_is_not_left_out()
    {
        var accumulator = new GatedAccumulator((_, _) =>
        {
            File.Delete(Shard("b"));
            return Task.CompletedTask;
        });
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 1, accumulator, _folder.FullName, _ => { });

        ShardsFailedException e = await Assert.ThrowsExactlyAsync<ShardsFailedException>(
            () => silos.Coordinator.RunAsync(Plan("a", "b") with { SkipsUnreadable = true }));

        Assert.Contains("'b': There is no file or folder", e.Message);
    }

    [TestMethod]
    public async Task Shard_that_changes_while_it_is_read_is_refused()
    {
        var accumulator = new GatedAccumulator((name, _) => File.AppendAllTextAsync(Shard(name), "more"));
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 1, accumulator, _folder.FullName, _ => { });

        ShardsFailedException e = await Assert.ThrowsExactlyAsync<ShardsFailedException>(() => silos.Coordinator.RunAsync(Plan("a")));

        Assert.Contains("its size or time differs", e.Message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(Parts));
    }

    [TestMethod]
    public async Task Drafts_of_another_run_are_left_alone()
    {
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 1, new GatedAccumulator((_, _) => Task.CompletedTask), _folder.FullName, _ => { });
        ShardRun run = await silos.Coordinator.RunAsync(Plan("a"));
        PartDraft other = new PartFile(run.Parts[0].Path, "a").CreateDraft("other");
        File.Move(run.Parts[0].Path, other.Path);

        await silos.Coordinator.RunAsync(Plan("a"));

        Assert.IsTrue(File.Exists(other.Path));
        Assert.AreEqual(run.Parts[0].Sha256, other.Publish());
    }

    [TestMethod]
    public async Task Damaged_part_is_made_again_and_changed_settings_use_none()
    {
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 1, new GatedAccumulator((_, _) => Task.CompletedTask), _folder.FullName, _ => { });
        ShardPlan plan = Plan("a", "b");
        ShardRun first = await silos.Coordinator.RunAsync(plan);
        byte[] bytes = File.ReadAllBytes(first.Parts[0].Path);
        File.WriteAllBytes(first.Parts[0].Path, bytes[..^1]);
        var progress = new HeardProgress();

        ShardRun second = await silos.Coordinator.RunAsync(plan, progress);

        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(second.Parts[0].Path));
        Assert.Contains(heard => heard.Kind == ShardProgressKind.Finished && heard.Text.Contains("'a'", StringComparison.Ordinal), progress.Heard);
        Assert.Contains(heard => heard.Kind == ShardProgressKind.Found && heard.Text.Contains("'b'", StringComparison.Ordinal), progress.Heard);

        var other = new HeardProgress();
        await silos.Coordinator.RunAsync(plan with { Settings = "other" }, other);
        Assert.IsFalse(other.Heard.Any(heard => heard.Kind == ShardProgressKind.Found));
        Assert.HasCount(4, Directory.GetFileSystemEntries(Parts));
    }

    [TestMethod]
    public async Task Part_that_is_altered_before_the_merge_is_named()
    {
        await using Silos silos = await Silos.StartAsync(workers: 1, slots: 1, new GatedAccumulator((_, _) => Task.CompletedTask), _folder.FullName, _ => { });
        ShardRun run = await silos.Coordinator.RunAsync(Plan("a", "b"));
        File.Copy(run.Parts[0].Path, run.Parts[1].Path, overwrite: true);

        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => run.Merge<DimeSums>());

        Assert.Contains(run.Parts[1].Path, e.Message);
    }

    [TestMethod]
    public async Task Plans_that_cannot_be_are_refused()
    {
        await using Silos silos = await Silos.StartAsync(workers: 0, slots: 1, new GatedAccumulator((_, _) => Task.CompletedTask), _folder.FullName, _ => { });

        await Assert.ThrowsExactlyAsync<ArgumentException>(() => silos.Coordinator.RunAsync(Plan()));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => silos.Coordinator.RunAsync(Plan("a", "a")));
        ClusterException e = await Assert.ThrowsExactlyAsync<ClusterException>(() => silos.Coordinator.RunAsync(Plan("a")));
        Assert.Contains("no worker", e.Message);
    }

    private ShardPlan Plan(params string[] names) => new([.. names.Select(name => new Shard(name, Shard(name)))], Parts, "settings");

    private string Shard(string name)
    {
        string path = Path.Combine(_folder.FullName, name);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, name);
        }

        return path;
    }

    private sealed class HeardProgress : IProgress<ShardProgress>
    {
        private readonly List<ShardProgress> _heard = [];

        public ShardProgress[] Heard
        {
            get
            {
                lock (_heard)
                {
                    return [.. _heard];
                }
            }
        }

        public void Report(ShardProgress value)
        {
            lock (_heard)
            {
                _heard.Add(value);
            }
        }

        public async Task WaitForAsync(ShardProgressKind kind, string text)
        {
            DateTime until = DateTime.UtcNow + TimeSpan.FromMinutes(1);
            while (!Heard.Any(heard => heard.Kind == kind && heard.Text.Contains(text, StringComparison.Ordinal)))
            {
                Assert.IsLessThan(until, DateTime.UtcNow, string.Join('\n', Heard.Select(heard => heard.Text)));
                await Task.Delay(20);
            }
        }
    }
}
