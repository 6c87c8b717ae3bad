using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Tests.Commands;

/// <summary>Embeddings that are accumulated in parts, and merged.</summary>
[TestClass]
public sealed class PartTests : IDisposable
{
    private static readonly float[][][] _parts = [SampleRows.Create(300), SampleRows.Create(200, seed: 2), SampleRows.Create(250, seed: 3)];
    private static readonly float[][] _other = SampleRows.Create(40, seed: 4);

    private readonly TemporaryFolder _folder = new();

    private string Model => _folder["m.zip"];

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("csv")]
    [DataRow("npy")]
    [DataRow("parquet")]
    [DataRow("parquet of lists")]
    [DataRow("idv")]
    public void Parts_of_every_format_merge_to_the_hyperplane_of_all_rows(string format)
    {
        string[] sums = [.. _parts.Select((rows, i) => Accumulate(EmbeddingFiles.Write(_folder, $"part-{i}", format, rows), "--no-calibration"))];

        DimeProcess.Run(["merge", .. sums, "--rank", "2", "--output", Model]).Succeeds();

        float[] expected = SampleRows.Distances([.. _parts.SelectMany(rows => rows)], _other);
        float[] distances = Score(EmbeddingFiles.Write(_folder, "other", format, _other), "distance");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], distances[i], 1e-5f);
        }
    }

    [TestMethod]
    public void Merged_parts_say_what_the_library_says_of_parts_of_the_same_names()
    {
        string[] sums = Accumulated();

        JsonElement merged = DimeProcess.Run(["merge", .. sums, "--rank", "2", "--outlier-probability", "90%", "--output", Model, "--json"]).Succeeds().Json;

        var mlContext = new MLContext(seed: 1);
        DimeEstimator estimator = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = SampleRows.Rank, OutlierProbability = 0.9 });
        DimeSums expected = DetectorSums.Merge(_parts.Select((rows, i) => estimator.Accumulate(View(mlContext, rows), new AccumulationOptions { Source = $"part-{i}.csv" })));
        Scored[] scored = [.. mlContext.Data.CreateEnumerable<Scored>(estimator.Fit(expected).Transform(View(mlContext, _other)), reuseRowObject: false)];
        string other = _folder.Write("other.csv", SampleRows.ToCsv(_other));
        Assert.AreSequenceEqual(scored.Select(row => row.DimeDistance), Score(other, "distance"));
        Assert.AreSequenceEqual(scored.Select(row => row.DimeProbability), Score(other, "probability"));
        Assert.Contains(row => row.DimeProbability is > 0 and < 1, scored);
        Assert.AreEqual(_parts.Sum(rows => rows.Length), merged.GetProperty("rows").GetInt64());
        Assert.AreSequenceEqual(["part-0.csv", "part-1.csv", "part-2.csv"], merged.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()));
        Assert.AreSequenceEqual(_parts.Select(rows => (long)rows.Length), merged.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("rowCount").GetInt64()));
    }

    [TestMethod]
    public void Parts_merge_to_the_same_bits_in_any_order_by_way_of_others_and_in_one_command()
    {
        string[] sums = Accumulated();
        string[] Content(params string[] parts)
        {
            DimeProcess.Run(["merge", .. parts, "--rank", "2", "--output", Model]).Succeeds();
            return ModelZip.ContentOf(Model);
        }

        string[] expected = Content(sums);

        Assert.AreSequenceEqual(expected, Content(sums[2], sums[0], sums[1]));
        string first = _folder["a.sums"];
        DimeProcess.Run("merge", sums[1], sums[0], "--output", first).Succeeds();
        Assert.AreSequenceEqual(expected, Content(sums[2], first));
        string all = _folder["all.sums"];
        DimeProcess.Run("accumulate", "--embeddings", _folder["part-2.csv"], _folder["part-0.csv"], _folder["part-1.csv"], "--output", all).Succeeds();
        Assert.AreSequenceEqual(expected, Content(all));
        Assert.AreNotEqual(string.Join(' ', expected), string.Join(' ', Content(sums[0], sums[1])));
    }

    [TestMethod]
    public void Data_that_is_in_no_parts_is_fitted_to_as_by_fit()
    {
        string rows = _folder.Write("rows.csv", SampleRows.ToCsv(_parts[0]));
        var labelled = LabelledRows.Create(600);
        string classes = _folder.Write("classes.csv", labelled.ToCsv());

        AssertSame([rows, "--seed", "5"], ["--rank", "2", "--within", "--outlier-probability", "90%"]);
        AssertSame([rows, "--calibration-share", "40%", "--columns", "f3,f0,f1"], ["--explained-variance", "80%"]);
        AssertSame([classes, "--label", "kind"], []);

        void AssertSame(string[] ofSums, string[] ofFit)
        {
            DimeProcess.Run(["fit", "--embeddings", .. ofSums, .. ofFit, "--output", Model]).Succeeds();
            DimeProcess.Run(["accumulate", "--embeddings", .. ofSums, "--source", "", "--output", _folder["x.sums"]]).Succeeds();
            DimeProcess.Run(["merge", _folder["x.sums"], .. ofFit, "--output", _folder["n.zip"]]).Succeeds();

            Assert.AreSequenceEqual(ModelZip.ContentOf(Model), ModelZip.ContentOf(_folder["n.zip"]));
        }
    }

    [TestMethod]
    public void Rows_from_a_pipe_are_the_part_that_they_are_said_to_be()
    {
        string[] sums = Accumulated();

        JsonElement piped = DimeProcess.RunWithInput(
            SampleRows.ToCsv(_parts[1]), "accumulate", "--embeddings", "-", "--source", "part-1.csv", "--output", _folder["piped.sums"], "--json").Succeeds().Json;

        Assert.AreSequenceEqual(File.ReadAllBytes(sums[1]), File.ReadAllBytes(_folder["piped.sums"]));
        Assert.AreEqual(DetectorSums.Load(sums[1]).Identity, piped.GetProperty("identity").GetString());
    }

    [TestMethod]
    public void What_was_summed_is_said()
    {
        string rows = _folder.Write("rows.csv", SampleRows.ToCsv(_parts[0]));

        DimeRun run = DimeProcess.Run("accumulate", "--embeddings", rows, "--output", _folder["x.sums"], "--json").Succeeds();

        var sums = DetectorSums.Load(_folder["x.sums"]);
        Assert.AreEqual(300, run.Json.GetProperty("rows").GetInt64());
        Assert.AreEqual(sums.HeldOutCount, run.Json.GetProperty("heldOut").GetInt32());
        Assert.IsInRange(30, 90, sums.HeldOutCount);
        Assert.AreEqual("dime", run.Json.GetProperty("method").GetString());
        Assert.AreEqual("rows.csv", run.Json.GetProperty("parts")[0].GetProperty("name").GetString());
        Assert.AreEqual("f0..f4", run.Json.GetProperty("columns")[0].GetProperty("features")[0].GetString());
        DimeRun text = DimeProcess.Run("accumulate", "--embeddings", rows, "--output", _folder["x.sums"]).Succeeds();
        Assert.AreEqual($"300 rows of 'rows.csv' summed for one DIME distance, {sums.HeldOutCount} of them held out. Saved to {_folder["x.sums"]}.", text.Lines.Single());
        Assert.AreSequenceEqual(["rows.csv", "x.sums"], _folder.Names);
    }

    [TestMethod]
    public void Rows_that_are_left_out_are_said_once_by_each_command()
    {
        string[] lines = SampleRows.ToCsv(_parts[0]).Split('\n');
        lines[3] = "row 2,1,,3,4,5";
        string rows = _folder.Write("rows.csv", string.Join('\n', lines));

        DimeRun fit = DimeProcess.Run("fit", "--embeddings", rows, "--no-calibration", "--output", Model, "--json").Succeeds();
        DimeRun accumulated = DimeProcess.Run("accumulate", "--embeddings", rows, "--no-calibration", "--output", _folder["x.sums"], "--json").Succeeds();
        DimeRun merged = DimeProcess.Run("merge", _folder["x.sums"], "--output", Model, "--json").Succeeds();

        foreach (DimeRun run in (DimeRun[])[fit, accumulated, merged])
        {
            Assert.AreEqual(1, run.Json.GetProperty("warnings").EnumerateArray().Count(warning => warning.GetString()!.StartsWith("1 of 300 rows were left out", StringComparison.Ordinal)), run.Error);
        }

        Assert.AreEqual(1, accumulated.Json.GetProperty("leftOut").GetInt64());
    }

    [TestMethod]
    public void A_part_that_is_there_twice_is_refused()
    {
        string[] sums = Accumulated();
        string copy = _folder["copy.sums"];
        File.Copy(sums[1], copy);
        string pair = _folder["pair.sums"];
        DimeProcess.Run("merge", sums[0], sums[1], "--output", pair).Succeeds();
        string[] other = [Accumulate(_folder.Write("part-1.csv", SampleRows.ToCsv(_other)))];

        Refuses([sums[0], sums[0]], sums[0], "'part-0.csv'", "once");
        Refuses([copy, pair], copy, pair, "'part-1.csv'", "once");
        Refuses([copy, other[0]], copy, other[0], "another of that name", "--source");
    }

    [TestMethod]
    public void Files_that_are_no_whole_parts_are_named_and_nothing_is_written()
    {
        string[] sums = Accumulated();
        byte[] bytes = File.ReadAllBytes(sums[1]);
        string cut = _folder["cut.sums"];
        File.WriteAllBytes(cut, bytes[..^10]);
        string altered = _folder["altered.sums"];
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(altered, bytes);

        Refuses([sums[0], cut], $"'{cut}'");
        Refuses([sums[0], altered], $"'{altered}'");
        Refuses([sums[0], _folder["part-1.csv"]], $"'{_folder["part-1.csv"]}'");
        Refuses([sums[0], _folder["none.sums"]], $"'{_folder["none.sums"]}'", "dime accumulate");
        Refuses([_folder.Path], "is a folder", "*.sums");
    }

    [TestMethod]
    public void Parts_that_do_not_belong_together_are_refused()
    {
        string[] sums = Accumulated();
        string[] Other(string name, string text, params string[] options) => [sums[0], Accumulate(_folder.Write(name, text), options)];
        string rows = SampleRows.ToCsv(_other);

        Refuses(Other("zs.csv", rows, "--seed", "2"), "zs.csv.sums", "seed is 2, not 1");
        Refuses(Other("zc.csv", rows, "--calibration-share", "30%"), "zc.csv.sums", "0.3");
        Refuses(Other("zn.csv", rows, "--no-calibration"), "zn.csv.sums", "None");
        Refuses(Other("zo.csv", rows, "--columns", "f1,f0,f2,f3,f4"), "zo.csv.sums", "value 1 of its embeddings is 'f1', not 'f0'", "--columns");
        Refuses(Other("zd.csv", rows, "--columns", "f0..f3"), "zd.csv.sums", "4 values named f0, f1, f2", "5 values");
        Refuses([sums[0], Accumulate(EmbeddingFiles.Write(_folder, "zp", "npy", _other))], "zp.npy.sums", "without names");
        Refuses(Other("zl.csv", LabelledRows.Create(300).ToCsv(), "--label", "kind"), "zl.csv.sums", "4 values");
        Refuses([sums[0], Accumulate(_folder.Write("x.csv", rows), "--source", "")], "x.csv.sums", "not in parts", "under a name");
    }

    [TestMethod]
    public void Options_for_DIME_are_refused_for_an_ensemble_before_other_parts_are_read()
    {
        string sums = Accumulate(_folder.Write("l.csv", LabelledRows.Create(300).ToCsv()), "--label", "kind");
        string broken = _folder.Write("m.sums", "no sums");

        Refuses([sums, broken, "--rank", "2"], "--rank goes with one DIME distance", sums);
        Refuses([sums, broken, "--within"], "--within goes with one DIME distance", sums);
        Refuses([sums, broken, "--onnx", SampleData.Network], "need no network", "leave --onnx out");
        DimeRun run = DimeProcess.Run("merge", sums, "--outlier-probability", "90%", "--output", Model).Succeeds();
        Assert.Contains("with 3 classes from column 'kind'", run.Output);
    }

    [TestMethod]
    public void Sums_of_a_program_merge_but_make_no_pipeline()
    {
        var mlContext = new MLContext(seed: 1);
        DimeEstimator estimator = mlContext.Transforms.DetectOutOfDistribution();
        foreach (int i in (int[])[0, 1])
        {
            estimator.Accumulate(View(mlContext, _parts[i]), new AccumulationOptions { Source = $"{i}" }).Save(_folder[$"{i}.sums"]);
        }

        Refuses([_folder["0.sums"], _folder["1.sums"]], _folder["0.sums"], "did not make");
        DimeProcess.Run("merge", _folder["0.sums"], _folder["1.sums"], "--output", _folder["all.sums"]).Succeeds();
        Assert.AreEqual(500, DetectorSums.Load(_folder["all.sums"]).RowCount);
        Accumulated();
        Refuses([_folder["0.sums"], _folder["part-0.csv.sums"], "--output", _folder["x.sums"]], _folder["0.sums"]);
    }

    [TestMethod]
    public void Outputs_replace_no_input()
    {
        string[] sums = Accumulated();
        byte[] before = File.ReadAllBytes(sums[0]);

        DimeProcess.Run("merge", sums[0], sums[1], "--output", sums[0]).Fails(3, sums[0], "--output");
        DimeProcess.Run("accumulate", "--embeddings", _folder["part-0.csv"], "--output", _folder["part-0.csv"]).Fails(3, "part-0.csv", "--output");

        Assert.AreSequenceEqual(before, File.ReadAllBytes(sums[0]));
    }

    [TestMethod]
    public void A_bad_row_of_a_later_part_is_named_and_leaves_what_was_there()
    {
        Accumulated();
        string bad = _folder.Write("part-3.csv", SampleRows.ToCsv(_other) + "row,1,2,3,4,x\n");
        string all = _folder.Write("all.sums", "as it was");

        DimeProcess.Run("accumulate", "--embeddings", _folder["part-0.csv"], bad, "--output", all).Fails(3, bad, "'x'");
        DimeProcess.Run("accumulate", "--embeddings", _folder["part-0.csv"], _folder["none.csv"], "--output", all).Fails(3, _folder["none.csv"]);

        Assert.AreEqual("as it was", File.ReadAllText(all));
        Assert.IsFalse(_folder.Names.Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)));
    }

    private static IDataView View(MLContext mlContext, float[][] rows) => mlContext.Data.LoadFromEnumerable(rows.Select(row => new Row { Features = row }));

    private static string Accumulate(string rows, params string[] options)
    {
        string sums = $"{rows}.sums";
        DimeProcess.Run(["accumulate", "--embeddings", rows, .. options, "--output", sums]).Succeeds();
        return sums;
    }

    private string[] Accumulated() => [.. _parts.Select((rows, i) => Accumulate(_folder.Write($"part-{i}.csv", SampleRows.ToCsv(rows))))];

    private void Refuses(string[] arguments, params string[] words)
    {
        string output = _folder.Write("kept.zip", "as it was");

        DimeProcess.Run(["merge", .. arguments, .. arguments.Contains("--output") ? Array.Empty<string>() : ["--output", output]]).Fails(3, words);

        Assert.AreEqual("as it was", File.ReadAllText(output));
        Assert.IsFalse(_folder.Names.Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)));
    }

    private float[] Score(string rows, string column) =>
        Scores.Parse(DimeProcess.Run("score", "--model", Model, "--embeddings", rows).Succeeds().Output).Numbers(column);

    private sealed class Row
    {
        [VectorType(SampleRows.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Scored
    {
        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }
    }
}
