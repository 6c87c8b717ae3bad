using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class DriftTests : IDisposable
{
    private static ClassModel _model = null!;

    private readonly TemporaryFolder _folder = new();
    private readonly float[][] _rows = SampleRows.Create(200, seed: 5);
    private readonly string _same;
    private readonly string _moved;

    public DriftTests()
    {
        _same = _folder.Write("same.csv", SampleRows.ToCsv(_rows));
        _moved = _folder.Write("moved.csv", SampleRows.ToCsv([.. _rows.Select(row => row.Select((value, i) => value + (0.03f * (i % 2))).ToArray())]));
    }

    [ClassInitialize]
    public static void Fit(TestContext _) => _model = new ClassModel();

    [ClassCleanup]
    public static void CleanUp() => _model.Dispose();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Rows_like_the_calibration_rows_end_with_success()
    {
        DimeRun run = Drift(_same).Succeeds();

        Assert.Contains("No drift in 200 rows", run.Output);
        foreach (string cell in new[] { "flagged share", "probabilities (D)", "mean embedding (T²)", "p-value" })
        {
            Assert.Contains(cell, run.Output);
        }
    }

    [TestMethod]
    public void Rows_that_drifted_end_with_a_code_of_their_own()
    {
        DimeRun run = Drift(_moved);

        Assert.AreEqual(4, run.ExitCode, run.Error);
        Assert.Contains("Drift in 200 rows", run.Output);
        Assert.Contains("drift", run.Lines.First(line => line.StartsWith("the whole", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void The_document_holds_what_the_library_says()
    {
        DetectorTransformer detector = ((IEnumerable<ITransformer>)new MLContext().Model.Load(_model.Path, out _)).OfType<DetectorTransformer>().Single();
        DriftResult expected = DriftTest.Run(((DimeTransformer)detector).Embedding, [.. _rows.SelectMany(row => row)], new DriftOptions { Level = 0.05 });

        JsonElement report = Drift(_same, "--json", "--level", "5%").Json;

        Assert.AreEqual(expected.PValue, report.GetProperty("pValue").GetDouble(), 1e-9);
        Assert.AreEqual(expected.Verdict, report.GetProperty("verdict").GetString());
        Assert.AreEqual((200, expected.FlaggedRowCount, 0.05), (report.GetProperty("rows").GetInt64(), report.GetProperty("flagged").GetInt64(), report.GetProperty("level").GetDouble()));
        JsonElement tests = report.GetProperty("tests");
        Assert.AreSequenceEqual(["flaggedShare", "distribution", "mean"], tests.EnumerateArray().Select(test => test.GetProperty("kind").GetString()));
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(expected.Tests[i].PValue!.Value, tests[i].GetProperty("pValue").GetDouble(), 1e-9);
        }
    }

    [TestMethod]
    public void Few_rows_are_remarked_on_and_none_are_an_error()
    {
        string few = _folder.Write("few.csv", SampleRows.ToCsv(_rows[..10])), none = _folder.Write("none.csv", SampleRows.ToCsv([]));

        DimeRun run = Drift(few).Succeeds();

        Assert.Contains("Only 10 rows", run.Error);
        Assert.Contains("mean embedding (T²) of the whole is left out", run.Error);
        Assert.AreEqual(3, Drift(none).ExitCode);
    }

    [TestMethod]
    public void Scores_of_an_ensemble_are_named()
    {
        string train = _folder.Write("labelled.csv", WithLabels(SampleRows.Create(900, seed: 2)));
        DimeProcess.Run("fit", "--embeddings", train, "--label", "kind", "--output", _folder["ensemble.zip"]).Succeeds();

        DimeRun run = DimeProcess.Run("drift", "--model", _folder["ensemble.zip"], "--embeddings", _moved, "--json");

        Assert.AreEqual(4, run.ExitCode, run.Error);
        string[] scores = [.. run.Json.GetProperty("driftedScores").EnumerateArray().Select(score => score.GetString()!)];
        Assert.IsNotEmpty(scores);
        Assert.IsTrue(scores.All(score => run.Json.GetProperty("tests").EnumerateArray().Any(test => test.TryGetProperty("score", out JsonElement name) && name.GetString() == score)));
    }

    [TestMethod]
    public void A_model_without_calibration_is_refused()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_model.Train));
        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--no-calibration", "--output", _folder["distances.zip"]).Succeeds();

        DimeProcess.Run("drift", "--model", _folder["distances.zip"], "--embeddings", _same, "--quiet").Fails(3, "not calibrated", "fit it with a calibration");
        DimeProcess.Run("report", "--model", _folder["distances.zip"], "--in", _same, "--current", _moved, "--output", _folder["r.html"], "--quiet").Fails(3, "not calibrated");
        Assert.IsFalse(File.Exists(_folder["r.html"]));
    }

    [TestMethod]
    public void A_report_tells_of_the_current_set()
    {
        DimeRun run = DimeProcess.Run(
            "report", "--model", _model.Path, "--in", _same, "--current", $"Tuesday={_moved}", "--output", _folder["report.html"], "--json").Succeeds();

        string page = File.ReadAllText(_folder["report.html"]);
        Assert.Contains("Drift of Tuesday", page);
        Assert.Contains("Drift in 200 rows", page);
        Assert.IsTrue(run.Json.GetProperty("current").GetProperty("isDrift").GetBoolean());
        DimeProcess.Run("report", "--model", _model.Path, "--in", _same, "--output", _folder["plain.html"]).Succeeds();
        Assert.DoesNotContain("Drift of", File.ReadAllText(_folder["plain.html"]));
    }

    private static DimeRun Drift(string rows, params string[] options) => DimeProcess.Run(["drift", "--model", _model.Path, "--embeddings", rows, .. options]);

    private static string WithLabels(float[][] rows)
    {
        string[] lines = SampleRows.ToCsv(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Select((line, i) => i == 0 ? $"{line},kind" : $"{line},{(rows[i - 1][0] > 1.5f ? "large" : "small")}"));
    }
}
