using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using YamlDotNet.Serialization;

namespace Dime.Tool.Tests.Recipes;

/// <summary>The recipes of docs/scale-out make the model that the parts make one by one.</summary>
[TestClass]
public sealed class RecipeTests : IDisposable
{
    private const int Parts = 3;

    private static readonly IReadOnlyDictionary<string, string> _none = new Dictionary<string, string>();

    private readonly TemporaryFolder _folder = new();
    private readonly RecipeShell _shell;
    private readonly string _data;
    private readonly string[] _shards;

    public RecipeTests()
    {
        _shell = new RecipeShell(_folder);
        _data = _folder["da ta"];
        Directory.CreateDirectory(_data);
        _shards =
        [
            .. Enumerable.Range(0, Parts).Select(i =>
            {
                string written = EmbeddingFiles.Write(_folder, $"part-{i:D4}", "parquet", SampleRows.Create(200, seed: i));
                string place = Path.Combine(_data, Path.GetFileName(written));
                File.Move(written, place);
                return place;
            }),
        ];
    }

    private string SumsFolder => Path.Combine(_data, "sums");

    private string Model => _folder["m.zip"];

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("xargs.sh", "xargs")]
    [DataRow("parallel.sh", "parallel")]
    public void Files_are_accumulated_several_at_a_time(string recipe, string tool)
    {
        RecipeShell.Require(tool);

        _shell.Recipe(recipe, "", _none, _data, SumsFolder, Model, "--rank", "2").Succeeds();

        Assert.AreSequenceEqual(Expected(), ModelZip.ContentOf(Model));

        // What is there is not made again; what is missing is.
        DateTime before = File.GetLastWriteTimeUtc(SumsOf(_shards[0]));
        File.Delete(SumsOf(_shards[1]));
        File.Delete(Model);
        _shell.Recipe(recipe, "", new Dictionary<string, string> { ["JOBS"] = "1" }, _data, SumsFolder, Model, "--rank", "2").Succeeds();
        Assert.AreEqual(before, File.GetLastWriteTimeUtc(SumsOf(_shards[0])));
        Assert.AreSequenceEqual(Expected(), ModelZip.ContentOf(Model));
    }

    [TestMethod]
    [DataRow("xargs.sh", "xargs")]
    [DataRow("parallel.sh", "parallel")]
    public void A_file_that_cannot_be_read_fails_the_whole(string recipe, string tool)
    {
        RecipeShell.Require(tool);
        File.WriteAllText(_shards[1], "no table");

        DimeRun run = _shell.Recipe(recipe, "", _none, _data, SumsFolder, Model);

        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains("part-0001.parquet", run.Error);
        Assert.IsFalse(File.Exists(Model));
    }

    [TestMethod]
    public void A_task_of_a_Slurm_array_takes_its_line()
    {
        string list = _folder.Write("shards.txt", string.Join('\n', _shards) + "\n");
        for (int i = 0; i < Parts; i++)
        {
            _shell.Recipe("slurm-array.sh", "", Task("SLURM_ARRAY_TASK_ID", i), list, SumsFolder).Succeeds();
        }

        Assert.AreSequenceEqual(Expected(), Merged());
        DimeRun beyond = _shell.Recipe("slurm-array.sh", "", Task("SLURM_ARRAY_TASK_ID", Parts), list, SumsFolder);
        Assert.AreEqual(2, beyond.ExitCode);
        Assert.Contains($"no line {Parts + 1}", beyond.Error);
        Assert.Contains($"--array=0-{Parts - 1}", beyond.Error);

        // Directives count up to the first command only.
        string[] lines = File.ReadAllLines(Path.Combine(RecipeShell.Folder, "slurm-array.sh"));
        int command = Array.FindIndex(lines, line => line.Length > 0 && line[0] != '#');
        Assert.Contains(line => line.StartsWith("#SBATCH --array=", StringComparison.Ordinal), lines[..command]);
        Assert.IsFalse(lines[command..].Any(line => line.StartsWith("#SBATCH", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_pipe_of_paths_gives_back_those_of_the_sums()
    {
        // As Spark does: a process for each partition, with its lines on standard input.
        List<string> parts = [];
        foreach (string[] partition in (string[][])[[_shards[2], _shards[0]], [_shards[1]], []])
        {
            parts.AddRange(_shell.Recipe("accumulate-paths.sh", string.Concat(partition.Select(path => path + "\n")), _none, SumsFolder).Succeeds().Lines);
        }

        Assert.AreSequenceEqual([SumsOf(_shards[2]), SumsOf(_shards[0]), SumsOf(_shards[1])], parts);
        Assert.AreSequenceEqual(Expected(), Merged());
        Assert.AreNotEqual(0, _shell.Recipe("accumulate-paths.sh", "none.parquet\n", _none, SumsFolder).ExitCode);
    }

    [TestMethod]
    public void A_pod_of_a_Kubernetes_job_takes_the_file_of_its_index()
    {
        var job = (Dictionary<object, object>)new DeserializerBuilder().WithDuplicateKeyChecking().Build()
            .Deserialize<object>(File.ReadAllText(Path.Combine(RecipeShell.Folder, "kubernetes-job.yaml")));
        object At(object node, params object[] path) => path.Aggregate(node, (at, key) => key is int i ? ((List<object>)at)[i] : ((Dictionary<object, object>)at)[key]);
        Assert.AreEqual("batch/v1", At(job, "apiVersion"));
        Assert.AreEqual("Job", At(job, "kind"));
        object spec = At(job, "spec");
        Assert.AreEqual("Indexed", At(spec, "completionMode"));

        // With a limit for each index, pods must not be started again in their place.
        object pod = At(spec, "template", "spec");
        Assert.AreEqual("Never", At(pod, "restartPolicy"));
        object container = At(pod, "containers", 0);
        Assert.AreEqual(At(pod, "volumes", 0, "name"), At(container, "volumeMounts", 0, "name"));
        Assert.AreEqual("DATA", At(container, "env", 0, "name"));
        Assert.AreEqual(At(container, "volumeMounts", 0, "mountPath"), At(container, "env", 0, "value"));

        string[] command = [.. ((List<object>)At(container, "command")).Cast<string>()];
        for (int i = 0; i < Parts; i++)
        {
            _shell.Run(command[0], command[1..], "", new Dictionary<string, string> { ["JOB_COMPLETION_INDEX"] = $"{i}", ["DATA"] = _data }).Succeeds();
        }

        Assert.AreSequenceEqual(Expected(), Merged());
        Assert.AreNotEqual(0, _shell.Run(command[0], command[1..], "", new Dictionary<string, string> { ["JOB_COMPLETION_INDEX"] = "7", ["DATA"] = _data }).ExitCode);
    }

    [TestMethod]
    public void Scripts_have_no_fault_that_a_checker_finds()
    {
        RecipeShell.Require("shellcheck");
        string[] scripts = Directory.GetFiles(RecipeShell.Folder, "*.sh");
        Assert.HasCount(4, scripts);

        DimeRun run = _shell.Run("shellcheck", scripts, "", _none);

        Assert.AreEqual(0, run.ExitCode, run.Output);
    }

    private static Dictionary<string, string> Task(string variable, int number) => new() { [variable] = $"{number}" };

    private string SumsOf(string shard) => Path.Combine(SumsFolder, Path.GetFileName(shard) + ".sums");

    private string[] Merged()
    {
        DimeProcess.Run(["merge", .. Directory.GetFiles(SumsFolder, "*.sums"), "--rank", "2", "--output", Model]).Succeeds();
        return ModelZip.ContentOf(Model);
    }

    /// <summary>The model of the parts, accumulated in one command.</summary>
    private string[] Expected()
    {
        (string sums, string model) = (_folder["expected.sums"], _folder["expected.zip"]);
        DimeProcess.Run(["accumulate", "--embeddings", .. _shards, "--output", sums]).Succeeds();
        Assert.AreEqual(Parts * 200, DetectorSums.Load(sums).RowCount);
        DimeProcess.Run("merge", sums, "--rank", "2", "--output", model).Succeeds();
        return ModelZip.ContentOf(model);
    }
}
