using System.Globalization;
using System.IO.Compression;

namespace Dime.Cluster.Tests.Fixtures;

/// <summary>A folder of shards, and a cluster of processes that reads them.</summary>
internal sealed class TestCluster : IDisposable
{
    private const int Width = 64;
    private const int DeadAfter = 4;

    private readonly string _name = $"test-{Guid.NewGuid():N}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-cluster-");
    private readonly List<ClusterProcess> _processes = [];
    private readonly string _redis;

    public TestCluster(RedisServer redis)
    {
        _redis = redis.Address;
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Parts);
    }

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Parts => Path.Combine(_folder.FullName, "parts");

    public string Model => this["model.zip"];

    public string[] PartNames => [.. Directory.EnumerateFileSystemEntries(Parts).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string this[string name] => Path.Combine(_folder.FullName, name);

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

    public ClusterProcess StartWorker(params string[] more)
    {
        ClusterProcess worker = Start(["worker", "--allow", _folder.FullName, .. more]);
        worker.WaitFor("has joined cluster");
        return worker;
    }

    public ClusterProcess StartFit(params string[] more) =>
        Start(["fit", "--shards", Path.Combine(Data, "*.csv"), "--output", Model, "--parts", Parts, .. more]);

    public ClusterProcess Start(string[] arguments)
    {
        var process = ClusterProcess.Start([.. arguments, "--redis", _redis, "--cluster", _name, "--dead-after", $"{DeadAfter}"]);
        _processes.Add(process);
        return process;
    }

    /// <summary>The model that <c>dime accumulate</c> and <c>dime merge</c> make of shards on one machine, entry by entry.</summary>
    public Dictionary<string, string> ModelOfOneMachine(string[] shards)
    {
        string sums = this["one.sums"];
        string model = this["one.zip"];
        ClusterProcess.RunDime(["accumulate", "--embeddings", .. shards, "--output", sums]);
        ClusterProcess.RunDime(["merge", sums, "--output", model]);
        return Entries(model);
    }

    /// <summary>What is in a zip; the times of its entries are no part of a model.</summary>
    public static Dictionary<string, string> Entries(string zip)
    {
        using ZipArchive archive = ZipFile.OpenRead(zip);
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return Convert.ToHexString(bytes.ToArray());
        });
    }

    public void Dispose()
    {
        foreach (ClusterProcess process in _processes)
        {
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }
}
