using System.Globalization;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

/// <summary>Settings of a fit that can hardly be meant.</summary>
[TestClass]
public sealed class FitAdviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("--mean", "124,116,104", "--std", "58,57,57", "--mean 0.486,0.455,0.408 --std 0.227,0.224,0.224")]
    [DataRow("--mean", "124", "--std", "1", "--mean 0.486 --std 0.00392")]
    [DataRow("--mean", "124", "--std", "0.227", "--mean 0.486.")]
    [DataRow("--mean", "-0.5", "--std", "1", "from 0 to 1")]
    public void A_mean_that_no_colour_from_0_to_1_has_is_refused(string mean, string value, string deviation, string other, string words) => DimeProcess
        .Run("fit", "--images", _folder.Path, "--onnx", SampleData.Network, mean, value, deviation, other, "--output", _folder["m.zip"])
        .Fails(2, "--mean", words);

    [TestMethod]
    public void A_deviation_for_colours_from_0_to_255_is_warned_of()
    {
        string train = SampleData.Unpack("train", 150, _folder);

        DimeRun run = DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--method", "dime", "--std", "58", "--output", _folder["m.zip"], "--json").Succeeds();

        string[] warnings = [.. run.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
        string warning = warnings.Single(text => text.Contains("--std 0.227", StringComparison.Ordinal));
        Assert.Contains(warning, run.Error);
    }

    [TestMethod]
    [DataRow("5%", "95 % of in-distribution rows", "give 95%")]
    [DataRow("0.3", "70 % of in-distribution rows", "give 70%")]
    public void A_probability_that_flags_most_rows_is_warned_of(string probability, params string[] words)
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(SampleRows.Create(1000)));

        DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--outlier-probability", probability, "--output", _folder["m.zip"], "--json").Succeeds();

        string warning = run.Json.GetProperty("warnings").EnumerateArray().Single().GetString()!;
        Assert.Contains(warning, run.Error.Split('\n'));
        foreach (string word in words)
        {
            Assert.Contains(word, warning);
        }

        // As it says: 95 % of the rows are flagged, or 70 %.
        double share = double.Parse(words[0].Split(' ')[0], CultureInfo.InvariantCulture) / 100;
        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", train).Succeeds().Output);
        Assert.AreEqual(share, scores.Texts("isOutOfDistribution").Count(flag => flag == "true") / 1000.0, 0.05);
    }

    [TestMethod]
    public void A_usual_probability_is_not_warned_of()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(SampleRows.Create(1000)));

        DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--outlier-probability", "50%", "--output", _folder["m.zip"], "--json").Succeeds();

        Assert.IsEmpty(run.Json.GetProperty("warnings").EnumerateArray());
        Assert.DoesNotContain("--outlier-probability", run.Error);
    }
}
