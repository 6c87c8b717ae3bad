using System.Globalization;
using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class EvaluationTests : IDisposable
{
    private static ClassModel _model = null!;

    private readonly TemporaryFolder _folder = new();
    private readonly string _normal;
    private readonly string _far;

    public EvaluationTests()
    {
        _normal = _folder.Write("normal.csv", SampleRows.ToCsv(SampleRows.Create(100, seed: 5)));
        _far = _folder.Write("far.csv", SampleRows.ToCsv([.. SampleRows.Create(40, seed: 6).Select(row => row.Select((value, i) => value + (0.05f * (i % 2))).ToArray())]));
    }

    [ClassInitialize]
    public static void Fit(TestContext _) => _model = new ClassModel();

    [ClassCleanup]
    public static void CleanUp() => _model.Dispose();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Figures_are_those_of_the_scores()
    {
        var normal = Scores.Parse(DimeProcess.Run("score", "--model", _model.Path, "--embeddings", _normal).Succeeds().Output);
        var far = Scores.Parse(DimeProcess.Run("score", "--model", _model.Path, "--embeddings", _far).Succeeds().Output);
        var expected = OutOfDistributionMetrics.Compute(normal.Numbers("distance"), far.Numbers("distance"));

        JsonElement sets = DimeProcess.Run("evaluate", "--model", _model.Path, "--in", _normal, "--ood", $"strange={_far}", "--json").Succeeds().Json;

        Assert.AreSequenceEqual(["normal", "strange"], sets.EnumerateArray().Select(set => set.GetProperty("name").GetString()));
        Assert.AreSequenceEqual(["inDistribution", "outOfDistribution"], sets.EnumerateArray().Select(set => set.GetProperty("role").GetString()));
        Assert.IsFalse(sets[0].TryGetProperty("metrics", out _));
        JsonElement metrics = sets[1].GetProperty("metrics");
        Assert.AreEqual(expected.AreaUnderRocCurve, metrics.GetProperty("areaUnderRocCurve").GetDouble());
        Assert.AreEqual(expected.DetectionError, metrics.GetProperty("detectionError").GetDouble());
        Assert.AreEqual(far.Texts("isOutOfDistribution").Count(text => text == "true") / 40.0, sets[1].GetProperty("flaggedShare").GetDouble());
        Assert.AreEqual(far.Numbers("distance").Average(distance => (double)distance), sets[1].GetProperty("meanDistance").GetDouble(), 1e-12);
        Assert.IsFalse(metrics.TryGetProperty("rocCurve", out _));
    }

    [TestMethod]
    public void Distances_are_enough_to_evaluate_and_report()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_model.Train));
        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--no-calibration", "--output", _folder["distances.zip"]).Succeeds();
        var expected = OutOfDistributionMetrics.Compute(
            SampleRows.Distances(_model.Train, SampleRows.Create(100, seed: 5)),
            Scores.Parse(DimeProcess.Run("score", "--model", _folder["distances.zip"], "--embeddings", _far).Succeeds().Output).Numbers("distance"));

        DimeRun figures = DimeProcess.Run("evaluate", "--model", _folder["distances.zip"], "--in", _normal, "--ood", _far, "--json").Succeeds();
        string table = DimeProcess.Run("evaluate", "--model", _folder["distances.zip"], "--in", _normal, "--ood", _far).Succeeds().Output;
        DimeProcess.Run("report", "--model", _folder["distances.zip"], "--in", _normal, "--ood", _far, "--output", _folder["report.html"]).Succeeds();

        JsonElement far = figures.Json[1];
        Assert.AreEqual(expected.AreaUnderRocCurve, far.GetProperty("metrics").GetProperty("areaUnderRocCurve").GetDouble(), 1e-12);
        Assert.IsFalse(far.TryGetProperty("flaggedShare", out _));
        Assert.DoesNotContain("%", table);
        Assert.Contains("not calibrated", File.ReadAllText(_folder["report.html"]));
    }

    [TestMethod]
    public void Columns_are_chosen_as_for_scores()
    {
        string numbered = _folder.Write("numbered.csv", File.ReadAllText(_normal).Replace("row ", "", StringComparison.Ordinal));
        DimeProcess.Run("evaluate", "--model", _model.Path, "--in", numbered, "--ood", _far).Fails(3, "6", "5");

        JsonElement sets = DimeProcess.Run(
            "evaluate", "--model", _model.Path, "--in", numbered, "--ood", $"far={_far}", "--columns", "f0..f4", "--json").Succeeds().Json;

        Assert.AreEqual(100, sets[0].GetProperty("rows").GetInt64());
    }

    [TestMethod]
    public void The_table_has_a_line_for_each_set()
    {
        DimeRun run = DimeProcess.Run("evaluate", "--model", _model.Path, "--in", _normal, "--ood", _far, $"again={_far}").Succeeds();

        Assert.Contains("AUROC", run.Output);
        foreach (string name in (string[])["normal", "far", "again"])
        {
            Assert.IsTrue(run.Lines.Any(line => line.StartsWith(name, StringComparison.Ordinal)), run.Output);
        }
    }

    [TestMethod]
    public void A_report_names_the_sets_and_their_figures()
    {
        JsonElement result = DimeProcess.Run(
            "report", "--model", _model.Path, "--in", _normal, "--ood", _far, "--title", "Our <network>", "--output", _folder["report.html"], "--json").Succeeds().Json;

        string page = File.ReadAllText(_folder["report.html"]);
        Assert.Contains("Our &lt;network&gt;", page);
        double auroc = result.GetProperty("sets")[1].GetProperty("metrics").GetProperty("areaUnderRocCurve").GetDouble();
        Assert.Contains(auroc.ToString("F3", CultureInfo.InvariantCulture), page);
        Assert.Contains("row 1", page);
        Assert.EndsWith("</html>", page.TrimEnd());
    }

    [TestMethod]
    public void A_report_needs_only_one_kind_of_set()
    {
        DimeProcess.Run("report", "--model", _model.Path, "--ood", _far, "--output", _folder["a.html"]).Succeeds();
        DimeProcess.Run("report", "--model", _model.Path, "--in", _normal, "--output", _folder["b.html"]).Succeeds();

        Assert.IsTrue(File.Exists(_folder["a.html"]) && File.Exists(_folder["b.html"]));
    }

    [TestMethod]
    public void A_set_without_rows_is_named_and_leaves_no_report()
    {
        string empty = _folder.Write("empty.csv", "");

        DimeProcess.Run("report", "--model", _model.Path, "--in", _normal, "--ood", empty, "--output", _folder["report.html"]).Fails(3, "empty.csv");
        DimeProcess.Run("report", "--model", _model.Path, "--in", _normal, "--ood", _normal, "--output", _folder["report.html"]).Fails(3, "'normal'");

        Assert.IsFalse(_folder.Names.Any(name => name.Contains("report", StringComparison.Ordinal)));
    }
}
