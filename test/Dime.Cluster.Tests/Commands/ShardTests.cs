using Dime.Cluster.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>Shards of every kind, also those that cannot or must not be read.</summary>
[TestClass]
public sealed class ShardTests : IDisposable
{
    private readonly TestCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [TestMethod]
    public void Shard_that_cannot_be_read_fails_the_fit_by_name_when_the_others_are_done_or_is_left_out()
    {
        string[] shards = _cluster.WriteShards(5, rows: 200);
        string text = File.ReadAllText(shards[1]);
        File.WriteAllText(shards[1], text[..(text.Length / 2)] + ",x");
        _cluster.StartWorker();

        ClusterProcess fit = _cluster.StartFit();

        Assert.AreEqual(3, fit.Wait(), fit.Text);
        Assert.Contains("1 of 5 shards failed", fit.Lines[^1]);
        Assert.Contains("part-02.csv", fit.Lines[^1]);
        Assert.IsFalse(File.Exists(_cluster.Model));
        Assert.HasCount(4, _cluster.PartNames);

        ClusterProcess lenient = _cluster.StartFit("--skip-unreadable");

        Assert.AreEqual(0, lenient.Wait(), lenient.Text);
        Assert.Contains(line => line.Contains("'part-02.csv' is left out", StringComparison.Ordinal), lenient.Lines, lenient.Text);
        _cluster.AssertModelIsOf([.. shards.Where((_, i) => i != 1)]);
    }

    [TestMethod]
    public void Labelled_embeddings_become_an_ensemble()
    {
        string[] shards = [.. Enumerable.Range(1, 3).Select(i => Path.Combine(_cluster.Data, $"part-{i}.csv"))];
        foreach ((string shard, int i) in shards.Select((shard, i) => (shard, i)))
        {
            File.WriteAllText(shard, LabelledRows.Create(200, seed: i).ToCsv());
        }

        _cluster.StartWorker();
        ClusterProcess fit = _cluster.StartFit("--label", "kind");

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        _cluster.AssertModelIsOf(["--embeddings", .. shards, "--label", "kind"], []);

        // The parts are those of dime accumulate.
        string merged = _cluster.Folder["merged.zip"];
        DimeProcess.Run(["merge", .. Directory.GetFiles(_cluster.Parts), "--output", merged]).Succeeds();
        Assert.AreSequenceEqual(ModelZip.ContentOf(_cluster.Model), ModelZip.ContentOf(merged));
    }

    [TestMethod]
    public void Folders_of_images_go_through_a_network_unless_links_lead_out()
    {
        const int Images = 120;
        string[] images = [.. Directory.GetFiles(SampleData.Unpack("train", Images, _cluster.Folder)).Order(StringComparer.Ordinal)];
        string[] shards = [Path.Combine(_cluster.Data, "disk-1"), Path.Combine(_cluster.Data, "disk-2")];
        foreach ((string image, int i) in images.Select((image, i) => (image, i)))
        {
            string folder = Path.Combine(shards[i / (Images / 2)], i % 2 == 0 ? "even" : "odd");
            Directory.CreateDirectory(folder);
            File.Move(image, Path.Combine(folder, Path.GetFileName(image)));
        }

        string network = Path.Combine(_cluster.Data, "network.onnx");
        File.Copy(SampleData.Network, network);
        _cluster.StartWorkerOf([_cluster.Data, _cluster.Parts]);
        string[] sums = ["--images", Path.Combine(_cluster.Data, "disk-*"), "--onnx", network, "--classes", "folders"];
        ClusterProcess fit = _cluster.StartFitOf(sums);

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        _cluster.AssertModelIsOf(["--images", .. shards, "--onnx", network, "--classes", "folders"], ["--onnx", network]);

        string secret = _cluster.Folder["secret.jpg"];
        string link = Path.Combine(shards[1], "odd", "link.jpg");
        File.Move(Path.Combine(shards[0], "even", Path.GetFileName(images[0])), secret);
        File.CreateSymbolicLink(link, secret);
        ClusterProcess refused = _cluster.StartFitOf([.. sums, "--skip-unreadable"]);

        Assert.AreEqual(3, refused.Wait(), refused.Text);
        Assert.Contains("1 of 2 shards failed", refused.Lines[^1]);
        Assert.Contains($"'{link}' is refused", refused.Lines[^1]);
    }

    [TestMethod]
    public void Links_are_followed_but_not_out_of_what_is_allowed()
    {
        string[] shards = _cluster.WriteShards(3, rows: 100);
        string inside = Path.Combine(_cluster.Data, "inside.txt.csv");
        string outside = _cluster.Folder["outside.csv"];
        Link(shards[1], inside);
        ClusterProcess worker = _cluster.StartWorkerOf([_cluster.Data, _cluster.Parts]);
        string[] pattern = ["--shards", Path.Combine(_cluster.Data, "part-*")];

        ClusterProcess fit = _cluster.StartFitOf(pattern);

        Assert.AreEqual(0, fit.Wait(), fit.Text);
        _cluster.AssertModelIsOf(shards);

        Link(shards[2], outside);
        File.AppendAllText(outside, "\n");
        ClusterProcess refused = _cluster.StartFitOf([.. pattern, "--skip-unreadable"]);

        Assert.AreEqual(3, refused.Wait(), refused.Text);
        Assert.Contains($"'{shards[2]}' is refused", refused.Lines[^1]);
        Assert.ContainsSingle(line => line.Contains("Began 'part-03.csv'", StringComparison.Ordinal), worker.Lines, "It was read.");

        static void Link(string shard, string place)
        {
            File.Move(shard, place);
            File.CreateSymbolicLink(shard, place);
        }
    }
}
