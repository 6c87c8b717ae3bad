using System.Text.Json;
using Dime.Tool.Jobs;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_demo_makes_what_it_says_and_its_commands_can_be_repeated()
    {
        DimeRun demo = DimeProcess.Run("demo", "--output", _folder["demo"]).Succeeds();

        foreach (string name in (string[])["model.zip", "scores.csv", "report.html", "guarded.onnx"])
        {
            Assert.IsTrue(File.Exists(Path.Combine(_folder["demo"], name)), name);
        }

        string evaluate = demo.Lines.Single(line => line.StartsWith("dime evaluate", StringComparison.Ordinal));
        JsonElement sets = DimeProcess.Run([.. evaluate.Split(' ').Skip(1), "--json"]).Succeeds().Json;

        // What an independent computation of the same scores gives, over splits of the training images: 0.992 and 0.83 ± 0.01.
        Assert.AreSequenceEqual(["test", "ood-mnist", "ood-cifar100"], sets.EnumerateArray().Select(set => set.GetProperty("name").GetString()));
        Assert.IsGreaterThanOrEqualTo(0.985, Area(sets[1]));
        Assert.IsGreaterThanOrEqualTo(0.80, Area(sets[2]));
        double falseAlarms = sets[0].GetProperty("flaggedShare").GetDouble();
        Assert.IsTrue(falseAlarms is >= 0.036 and <= 0.086, $"{falseAlarms:P1} of test are flagged.");

        // The newcomer sees both, and what each score is worth.
        foreach (string text in (string[])["ood-mnist", "ood-cifar100", "Energy(logits)", "all together"])
        {
            Assert.Contains(text, demo.Output);
        }
    }

    // The method of the paper, of which there are figures that others computed.
    [TestMethod]
    public void One_dime_distance_on_the_sample_data_is_the_reference_s()
    {
        DemoData.Unpack(_folder["demo"]);
        string Images(string set) => Path.Combine(_folder["demo"], "images", set);
        DimeProcess.Run(
            "fit", "--images", Images("train"), "--onnx", SampleData.Network, "--layer", SampleData.Layer, "--output", _folder["m.zip"]).Succeeds();

        JsonElement sets = DimeProcess.Run(
            "evaluate", "--model", _folder["m.zip"], "--in", Images("test"), "--ood", Images("ood-mnist"), Images("ood-cifar100"), "--json").Succeeds().Json;

        // Computed independently, with a hyperplane fitted to all training images; held-out rows account for the tolerance.
        JsonElement reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Reference", "cifar10-sample.json"))).RootElement;
        JsonElement layer = reference.GetProperty("layers").EnumerateArray().Single(l => l.GetProperty("tensor").GetString() == SampleData.Layer);
        Assert.AreEqual(3, sets.GetArrayLength());
        foreach (JsonElement set in sets.EnumerateArray())
        {
            string name = set.GetProperty("name").GetString()!;
            double mean = layer.GetProperty("mean_distance").GetProperty(name).GetDouble();
            Assert.AreEqual(mean, set.GetProperty("meanDistance").GetDouble(), 0.03 * mean);
            Assert.IsFalse(set.TryGetProperty("scores", out _));
            if (set.TryGetProperty("metrics", out JsonElement metrics))
            {
                JsonElement expected = layer.GetProperty("sets").GetProperty(name);
                Assert.AreEqual(expected.GetProperty("auroc").GetDouble(), Area(set), 0.015);
                Assert.AreEqual(expected.GetProperty("fpr95").GetDouble(), metrics.GetProperty("falsePositiveRateAt95TruePositiveRate").GetDouble(), 0.06);
            }
        }
    }

    [TestMethod]
    public void A_file_in_the_place_of_its_folder_is_refused()
    {
        DimeProcess.Run("demo", "--output", _folder.Write("file", "")).Fails(3, "--output");
    }

    [TestMethod]
    [DataRow("report.html")]
    [DataRow("notes.txt")]
    public void A_folder_with_files_of_the_users_own_is_left_as_it_is(string name)
    {
        _folder.Write(name, "my own");

        DimeProcess.Run("demo", "--output", _folder.Path).Fails(3, name, "--output");

        Assert.AreEqual("my own", File.ReadAllText(_folder[name]));
        Assert.AreSequenceEqual([name], _folder.Names);
    }

    private static double Area(JsonElement set) => set.GetProperty("metrics").GetProperty("areaUnderRocCurve").GetDouble();
}
