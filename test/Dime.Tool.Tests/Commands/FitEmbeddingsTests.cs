using System.Text.Json;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class FitEmbeddingsTests : IDisposable
{
    private static readonly float[][] _train = SampleRows.Create(200);
    private static readonly float[][] _other = SampleRows.Create(20, seed: 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("csv")]
    [DataRow("tsv")]
    [DataRow("npy")]
    [DataRow("npy of doubles")]
    [DataRow("parquet")]
    [DataRow("parquet of lists")]
    [DataRow("idv")]
    public void Every_format_gives_the_library_s_distances(string format)
    {
        string train = EmbeddingFiles.Write(_folder, "train", format, _train);
        string other = EmbeddingFiles.Write(_folder, "other", format, _other);

        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--no-calibration", "--output", _folder["m.zip"]).Succeeds();
        DimeRun run = DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", other).Succeeds();

        var scores = Scores.Parse(run.Output);
        Assert.AreSequenceEqual(["id", "distance"], scores.Columns);
        Assert.AreSequenceEqual(SampleRows.Distances(_train, _other), scores.Numbers("distance"));
        bool hasNames = !format.StartsWith("npy", StringComparison.Ordinal);
        Assert.AreSequenceEqual(_other.Select((_, i) => hasNames ? $"row {i}" : $"{i}"), scores.Texts("id"));
    }

    [TestMethod]
    public void The_result_says_what_was_fitted()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--output", _folder["m.zip"], "--json").Succeeds();

        Assert.AreEqual(200, run.Json.GetProperty("rows").GetInt64());
        Assert.AreEqual(5, run.Json.GetProperty("dimension").GetInt32());
        Assert.AreEqual(2, run.Json.GetProperty("rank").GetInt32());
        Assert.IsTrue(run.Json.GetProperty("isCalibrated").GetBoolean());
        Assert.IsGreaterThan(0.99, run.Json.GetProperty("explainedVariance").GetDouble());
        Assert.Contains("rows calibrate the probabilities", run.Json.GetProperty("warnings")[0].GetString()!);
        JsonElement columns = run.Json.GetProperty("columns");
        Assert.AreEqual("name", columns.GetProperty("id").GetString());
        Assert.AreSequenceEqual(["f0..f4"], columns.GetProperty("features").EnumerateArray().Select(name => name.GetString()));
        Assert.AreEqual(5, columns.GetProperty("dimension").GetInt32());
        Assert.AreSequenceEqual(
            [run.Json.GetProperty("warnings")[0].GetString()!, $"{train}: ids from column 'name', embeddings of 5 values from f0..f4."],
            run.Error.Trim().Split('\n'));
        Assert.AreSequenceEqual(["m.zip", "train.csv"], _folder.Names);
    }

    [TestMethod]
    public void A_limit_that_flags_most_rows_is_warned_of_once_in_words_of_the_command_line()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        DimeRun run = DimeProcess.Run(
            "fit", "--embeddings", train, "--rank", "2", "--calibration", train, "--outlier-probability", "5%", "--output", _folder["m.zip"], "--json").Succeeds();

        string warning = run.Json.GetProperty("warnings").EnumerateArray().Single().GetString()!;
        Assert.Contains("--outlier-probability 5% flags about 95 %", warning);
        Assert.Contains("give 95%", warning);
    }

    [TestMethod]
    public void A_rank_that_leaves_no_distance_is_warned_of()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--rank", "5", "--calibration", train, "--output", _folder["m.zip"], "--json").Succeeds();

        Assert.Contains("rank 5 in 5 dimensions", run.Json.GetProperty("warnings").EnumerateArray().Single().GetString()!);
        Assert.Contains("rank 5 in 5 dimensions", run.Error);
    }

    [TestMethod]
    [DataRow("--no-calibration")]
    [DataRow("--calibration")]
    public void A_fit_without_calibration_is_not_warned_of_columns_that_the_tool_leaves_out(string option)
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        DimeRun run = DimeProcess.Run(
            ["fit", "--embeddings", train, "--rank", "2", option, .. option == "--calibration" ? [train] : Array.Empty<string>(), "--output", _folder["m.zip"], "--json"])
            .Succeeds();

        Assert.AreEqual(0, run.Json.GetProperty("warnings").GetArrayLength(), run.Error);
    }

    [TestMethod]
    public void The_rank_follows_from_the_explained_variance()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        int Rank(string share) => DimeProcess.Run("fit", "--embeddings", train, "--explained-variance", share, "--output", _folder["m.zip"], "--json")
            .Succeeds().Json.GetProperty("rank").GetInt32();

        Assert.AreEqual(1, Rank("90%"));
        Assert.AreEqual(5, Rank("1"));
    }

    [TestMethod]
    public void Other_rows_calibrate_the_probabilities()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));
        string other = _folder.Write("other.csv", SampleRows.ToCsv(_other));

        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--calibration", other, "--output", _folder["m.zip"]).Succeeds();
        DimeRun run = DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", other).Succeeds();

        // A row of the calibration set has as many rows up to it as its rank says.
        var scores = Scores.Parse(run.Output);
        float[] distances = scores.Numbers("distance");
        Assert.AreSequenceEqual(SampleRows.Distances(_train, _other), distances);
        float[] probabilities = scores.Numbers("probability");
        for (int i = 0; i < distances.Length; i++)
        {
            double below = distances.Count(distance => distance < distances[i]) / (distances.Length - 1.0);
            Assert.AreEqual(below, probabilities[i], 0.001);
        }
    }

    [TestMethod]
    public void The_share_held_out_and_the_seed_change_the_hyperplane()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        string Distances(params string[] options)
        {
            DimeProcess.Run(["fit", "--embeddings", train, "--rank", "2", "--output", _folder["m.zip"], .. options]).Succeeds();
            return string.Join(' ', Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", train).Output).Texts("distance"));
        }

        string fifth = Distances();
        Assert.AreEqual(fifth, Distances("--calibration-share", "20%", "--seed", "1"));
        Assert.AreNotEqual(fifth, Distances("--calibration-share", "50%"));
        Assert.AreNotEqual(fifth, Distances("--seed", "2"));
    }

    [TestMethod]
    public void Distances_within_the_hyperplane_are_given_on_request()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--within", "--output", _folder["m.zip"]).Succeeds();
        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", train).Output);

        Assert.AreSequenceEqual(["id", "distance", "probability", "isOutOfDistribution", "withinDistance", "withinProbability"], scores.Columns);
        Assert.IsTrue(scores.Numbers("withinDistance").All(distance => distance > 0));
    }

    [TestMethod]
    public void The_outlier_probability_decides_what_is_flagged()
    {
        string train = _folder.Write("train.csv", SampleRows.ToCsv(_train));

        DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--outlier-probability", "50%", "--output", _folder["m.zip"]).Succeeds();
        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", train).Output);

        Assert.AreSequenceEqual(
            scores.Numbers("probability").Select(p => p >= 0.5f ? "true" : "false"),
            scores.Texts("isOutOfDistribution"));
        Assert.Contains("true", scores.Texts("isOutOfDistribution"));
    }

    [TestMethod]
    public void Rows_with_missing_values_are_left_out_and_said_to_be()
    {
        string[] lines = SampleRows.ToCsv(_train).Split('\n');
        lines[3] = "row 2,1,,3,4,5";
        string train = _folder.Write("train.csv", string.Join('\n', lines));

        DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--output", _folder["m.zip"], "--json").Succeeds();

        string[] warnings = [.. run.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
        Assert.IsTrue(warnings.Any(warning => warning.StartsWith("1 of 200 rows", StringComparison.Ordinal)), string.Join('\n', warnings));
        DimeRun scored = DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", train).Succeeds();
        string[] row = Scores.Parse(scored.Output).Rows[2];
        Assert.AreSequenceEqual(["row 2", "Infinity", "1", "true"], row);
    }

    [TestMethod]
    public void A_byte_order_mark_in_a_pipe_is_no_value()
    {
        DimeProcess.Run("fit", "--embeddings", _folder.Write("train.csv", SampleRows.ToCsv(_train)), "--no-calibration", "--output", _folder["m.zip"]).Succeeds();

        DimeRun run = DimeProcess.RunWithInput("\uFEFF1,2,3,4,5\n2,3,4,5,6\n", "score", "--model", _folder["m.zip"], "--embeddings", "-").Succeeds();

        Assert.HasCount(2, Scores.Parse(run.Output).Rows);
    }

    [TestMethod]
    public void Rows_may_come_from_a_pipe()
    {
        DimeProcess.RunWithInput(SampleRows.ToCsv(_train), "fit", "--embeddings", "-", "--rank", "2", "--no-calibration", "--output", _folder["m.zip"]).Succeeds();
        DimeRun run = DimeProcess.RunWithInput(SampleRows.ToCsv(_other), "score", "--model", _folder["m.zip"], "--embeddings", "-").Succeeds();

        Assert.AreSequenceEqual(SampleRows.Distances(_train, _other), Scores.Parse(run.Output).Numbers("distance"));
    }
}
