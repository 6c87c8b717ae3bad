using System.Diagnostics;
using System.Text.Json;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Data;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class ScoreTests : IDisposable
{
    private static readonly float[][] _rows = [.. SampleRows.Create(30, seed: 3), [9, -9, 9, -9, 9]];
    private static ClassModel _model = null!;

    private readonly TemporaryFolder _folder = new();

    [ClassInitialize]
    public static void Fit(TestContext _) => _model = new ClassModel();

    [ClassCleanup]
    public static void CleanUp() => _model.Dispose();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Scores_are_those_of_the_loaded_pipeline()
    {
        var scores = Scores.Parse(Score().Output);

        ScoredEmbedding[] expected = ScoreWithPipeline();
        Assert.AreSequenceEqual(["id", "distance", "probability", "isOutOfDistribution"], scores.Columns);
        Assert.AreSequenceEqual(expected.Select(row => row.DimeDistance), scores.Numbers("distance"));
        Assert.AreSequenceEqual(expected.Select(row => row.DimeProbability), scores.Numbers("probability"));
        Assert.AreSequenceEqual(expected.Select(row => row.IsOutOfDistribution ? "true" : "false"), scores.Texts("isOutOfDistribution"));
        Assert.AreEqual("true", scores.Texts("isOutOfDistribution")[^1]);
    }

    [TestMethod]
    public void Json_lines_hold_the_same()
    {
        var scores = Scores.Parse(Score().Output);
        DimeRun run = Score("--output", _folder["scores.jsonl"]);

        JsonElement[] rows = [.. File.ReadLines(_folder["scores.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.AreSequenceEqual(scores.Texts("id"), rows.Select(row => row.GetProperty("id").GetString()));
        Assert.AreSequenceEqual(scores.Numbers("distance"), rows.Select(row => row.GetProperty("distance").GetSingle()));
        Assert.AreSequenceEqual(scores.Numbers("probability"), rows.Select(row => row.GetProperty("probability").GetSingle()));
        Assert.IsTrue(rows[^1].GetProperty("isOutOfDistribution").GetBoolean());
        Assert.Contains("31 rows scored", run.Output);
    }

    [TestMethod]
    public async Task Parquet_holds_the_same()
    {
        var scores = Scores.Parse(Score().Output);
        Score("--output", _folder["scores.parquet"]);

        await using ParquetReader reader = await ParquetReader.CreateAsync(_folder["scores.parquet"]);
        Assert.AreSequenceEqual(scores.Columns, reader.Schema.DataFields.Select(field => field.Name));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        using var distances = (RawColumnData<float>)await group.ReadRawColumnDataBaseAsync(reader.Schema.DataFields[1]);
        Assert.AreSequenceEqual(scores.Numbers("distance"), distances.Values.ToArray());
        using var flags = (RawColumnData<bool>)await group.ReadRawColumnDataBaseAsync(reader.Schema.DataFields[3]);
        Assert.AreSequenceEqual(scores.Texts("isOutOfDistribution"), flags.Values.ToArray().Select(flag => flag ? "true" : "false"));
    }

    [TestMethod]
    public void A_format_may_be_named()
    {
        Assert.StartsWith("{\"id\":\"row 0\"", Score("--format", "jsonl").Output);
        Assert.StartsWith("{\"id\":\"row 0\"", Score("--json").Output);
        Assert.AreEqual(Score().Output, ReadAfter(() => Score("--format", "csv", "--output", _folder["scores.txt"]), "scores.txt"));
    }

    [TestMethod]
    public void Too_many_flagged_rows_end_with_a_code_of_their_own()
    {
        int flagged = Scores.Parse(Score().Output).Texts("isOutOfDistribution").Count(text => text == "true");
        string rows = _folder["rows.csv"];

        Assert.AreEqual(0, DimeProcess.Run("score", "--model", _model.Path, "--embeddings", rows, "--fail-over", $"{(100 * flagged / 31) + 1}%").ExitCode);
        DimeRun run = DimeProcess.Run("score", "--model", _model.Path, "--embeddings", rows, "--fail-over", "0.001", "--quiet");

        run.Fails(4, "0.1 %", "--fail-over");
        Assert.HasCount(32, run.Lines);
    }

    [TestMethod]
    public void The_summary_is_a_document_for_machines_when_scores_go_to_a_file()
    {
        JsonElement summary = Score("--output", _folder["scores.csv"], "--json").Json;

        Assert.AreEqual(31, summary.GetProperty("rows").GetInt64());
        Assert.AreEqual(summary.GetProperty("flagged").GetInt64() / 31.0, summary.GetProperty("flaggedShare").GetDouble());
    }

    [TestMethod]
    public void Quiet_says_nothing_beside_the_scores()
    {
        Assert.Contains("31 rows scored", Score().Error);
        Assert.AreEqual("", Score("--quiet").Error);
    }

    [TestMethod]
    public void A_reader_that_stops_early_is_no_error()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs a POSIX shell.");
        }

        string rows = _folder.Write("rows.csv", SampleRows.ToCsv(SampleRows.Create(20_000)));

        // Or the shell would complain itself of a language that is not installed.
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", "set -o pipefail; \"$0\" exec \"$@\" | head -n 1", DimeProcess.Host, DimeProcess.Program, "score", "--model", _model.Path, "--embeddings", rows, "--quiet"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        })!;
        Assert.AreEqual("id,distance,probability,isOutOfDistribution", shell.StandardOutput.ReadToEnd().Trim());
        Assert.AreEqual("", shell.StandardError.ReadToEnd());
        shell.WaitForExit();
        Assert.AreEqual(0, shell.ExitCode);
    }

    private DimeRun Score(params string[] options)
    {
        string rows = _folder.Write("rows.csv", SampleRows.ToCsv(_rows));
        return DimeProcess.Run(["score", "--model", _model.Path, "--embeddings", rows, .. options]).Succeeds();
    }

    private string ReadAfter(Action write, string name)
    {
        write();
        return File.ReadAllText(_folder[name]);
    }

    private static ScoredEmbedding[] ScoreWithPipeline()
    {
        var mlContext = new MLContext();
        ITransformer model = mlContext.Model.Load(_model.Path, out _);
        IDataView view = mlContext.Data.LoadFromEnumerable(_rows.Select(row => new Embedding { Features = row }));
        return [.. mlContext.Data.CreateEnumerable<ScoredEmbedding>(model.Transform(view), reuseRowObject: false)];
    }

    private sealed class Embedding
    {
        [VectorType(SampleRows.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class ScoredEmbedding
    {
        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }

        public bool IsOutOfDistribution { get; set; }
    }
}
