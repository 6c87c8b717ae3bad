using System.Globalization;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>A folder of shards, and a cluster of processes that reads them.</summary>
internal sealed class TestCluster : IDisposable
{
    private const int Width = 64;
    private const int DeadAfter = 4;

    private readonly string _name = $"test-{Guid.NewGuid():N}";
    private readonly List<ClusterProcess> _processes = [];
    private readonly RedisServer _redis = RedisServer.StartOrSkip();

    public TestCluster()
    {
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Parts);
    }

    public TemporaryFolder Folder { get; } = new();

    public string Data => Folder["data"];

    public string Parts => Folder["parts"];

    public string Model => Folder["model.zip"];

    public string[] PartNames => [.. Directory.EnumerateFileSystemEntries(Parts).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Writes shards of random rows.</summary>
    public string[] WriteShards(int count, int rows)
    {
        var random = new Random(count);
        string[] paths = [.. Enumerable.Range(1, count).Select(i => Path.Combine(Data, string.Create(CultureInfo.InvariantCulture, $"part-{i:D2}.csv")))];
        foreach (string path in paths)
        {
            using StreamWriter writer = File.CreateText(path);
            writer.WriteLine(string.Join(',', Enumerable.Range(0, Width).Select(i => $"f{i}")));
            for (int row = 0; row < rows; row++)
            {
                // Directions of different length, so that the hyperplane is a matter of the data.
                writer.WriteLine(string.Join(',', Enumerable.Range(0, Width).Select(i => (random.Next(-999, 1000) / (i + 1)).ToString(CultureInfo.InvariantCulture))));
            }
        }

        return paths;
    }

    public ClusterProcess StartWorker(params string[] more) => StartWorkerOf([Folder.Path], more);

    public ClusterProcess StartWorkerOf(string[] allowed, params string[] more)
    {
        ClusterProcess worker = Start(["worker", .. allowed.SelectMany(folder => (string[])["--allow", folder]), .. more]);
        worker.WaitFor("has joined cluster");
        return worker;
    }

    public ClusterProcess StartFit(params string[] more) => StartFitOf(["--shards", Path.Combine(Data, "*.csv"), .. more]);

    public ClusterProcess StartFitOf(string[] shards, string model = "model.zip") =>
        Start(["fit", .. shards, "--output", Folder[model], "--parts", Parts]);

    public ClusterProcess Start(string[] arguments)
    {
        var process = ClusterProcess.Start([.. arguments, "--redis", _redis.Address, "--cluster", _name, "--dead-after", $"{DeadAfter}"]);
        _processes.Add(process);
        return process;
    }

    /// <summary>Asserts that the fit has made what <c>dime accumulate</c> and <c>dime merge</c> make of shards on one machine, bit by bit.</summary>
    public void AssertModelIsOf(string[] shards) => AssertModelIsOf(["--embeddings", .. shards], []);

    public void AssertModelIsOf(string[] ofSums, string[] ofMerge)
    {
        string sums = Folder["one.sums"];
        string model = Folder["one.zip"];
        DimeProcess.Run(["accumulate", .. ofSums, "--output", sums]).Succeeds();
        DimeProcess.Run(["merge", sums, .. ofMerge, "--output", model]).Succeeds();

        Assert.AreSequenceEqual(ModelZip.ContentOf(model), ModelZip.ContentOf(Model));
    }

    public void Dispose()
    {
        foreach (ClusterProcess process in _processes)
        {
            process.Dispose();
        }

        _redis.Dispose();
        Folder.Dispose();
    }
}
