using System.Globalization;
using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class ColumnTests : IDisposable
{
    private static readonly float[][] _train = SampleRows.Create(200);
    private static readonly float[][] _other = SampleRows.Create(20, seed: 2);
    private static readonly float[] _distances = SampleRows.Distances(_train, _other);
    private static readonly int[] _shuffled = [3, 0, 4, 1, 2];

    private readonly TemporaryFolder _folder = new();

    private string Model => _folder["m.zip"];

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("csv")]
    [DataRow("parquet")]
    public void A_model_finds_its_columns_in_any_order_and_format(string trainFormat)
    {
        Fit(EmbeddingFiles.Write(_folder, "train", trainFormat, _train));
        string csv = _folder.Write("shuffled.csv", Csv(_other, _shuffled));
        EmbeddingFiles.WriteParquet(_folder["shuffled.parquet"], "id", [.. _other.Select((_, i) => (long)i)], [.. _shuffled.Select(i => $"f{i}")], Shuffle(_other));
        WriteBinary(_folder["shuffled.idv"], _shuffled);

        foreach (string file in (string[])[csv, _folder["shuffled.parquet"], _folder["shuffled.idv"]])
        {
            Assert.AreSequenceEqual(_distances, Distances(file));
        }
    }

    [TestMethod]
    public void Columns_that_are_missing_or_new_are_named()
    {
        Fit(EmbeddingFiles.Write(_folder, "train", "csv", _train));
        string renamed = _folder.Write("renamed.csv", Csv(_other, _shuffled).Replace("f3", "g3", StringComparison.Ordinal));
        string wider = _folder.Write("wider.csv", "age," + Csv(_other, [0, 1, 2, 3, 4]).Replace("\n", "\n0.5,", StringComparison.Ordinal)[..^4]);
        WriteBinary(_folder["other.idv"], [5, 1, 2, 3, 4]);

        DimeProcess.Run("score", "--model", Model, "--embeddings", renamed).Fails(3, "f3 missing", "g3 new", "--columns");
        DimeProcess.Run("score", "--model", Model, "--embeddings", wider).Fails(3, "age new", "--columns f0..f4", "--id");
        DimeProcess.Run("score", "--model", Model, "--embeddings", _folder["other.idv"]).Fails(3, "'f0' missing", "'f5' new");
        Assert.AreSequenceEqual(_distances, Distances(wider, "--columns", "f0..f4"));
        Assert.AreSequenceEqual(_distances, Distances(wider, "--id", "age"));
    }

    [TestMethod]
    public void Rows_to_calibrate_on_are_found_by_the_names_of_the_others()
    {
        string train = EmbeddingFiles.Write(_folder, "train", "csv", _train);
        string ordered = _folder.Write("ordered.csv", Csv(_other, [0, 1, 2, 3, 4]));
        string shuffled = _folder.Write("shuffled.csv", Csv(_other, _shuffled));

        string Probabilities(string calibration)
        {
            DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--rank", "2", "--calibration", calibration, "--output", Model, "--json").Succeeds();
            Assert.IsTrue(run.Json.GetProperty("calibrationColumns").GetProperty("matchedByName").GetBoolean());
            return string.Join(' ', Scores.Parse(DimeProcess.Run("score", "--model", Model, "--embeddings", ordered).Succeeds().Output).Texts("probability"));
        }

        Assert.AreEqual(Probabilities(ordered), Probabilities(shuffled));
    }

    [TestMethod]
    public void The_zip_tells_the_names_to_other_programs()
    {
        Fit(EmbeddingFiles.Write(_folder, "train", "csv", _train));
        string[] named = NamesInZip();
        Fit(EmbeddingFiles.Write(_folder, "train", "npy", _train));

        Assert.AreSequenceEqual(["f0", "f1", "f2", "f3", "f4"], named);
        Assert.IsEmpty(NamesInZip());
    }

    [TestMethod]
    public void Files_without_names_are_taken_by_position()
    {
        Fit(EmbeddingFiles.Write(_folder, "train", "csv", _train));
        string lines = _folder.Write("lines.csv", Csv(_other, [0, 1, 2, 3, 4]).Split('\n', 2)[1]);

        Assert.AreSequenceEqual(_distances, Distances(EmbeddingFiles.Write(_folder, "other", "npy", _other)));
        Assert.AreSequenceEqual(_distances, Distances(EmbeddingFiles.Write(_folder, "lists", "parquet of lists", _other)));
        Assert.AreSequenceEqual(_distances, Distances(lines));
    }

    [TestMethod]
    public void A_zip_of_the_first_version_scores_as_ever()
    {
        string zip = Path.Combine(AppContext.BaseDirectory, "Golden", "pipeline-embeddings.zip");
        JsonElement figures = JsonDocument.Parse(File.ReadAllText(zip + ".json")).RootElement;
        float[] values = Numbers(figures.GetProperty("Vectors"));
        float[] expected = Numbers(figures.GetProperty("Outputs").GetProperty("Distance"));
        string rows = _folder.Write("rows.csv", string.Join('\n',
        [
            string.Join(',', Enumerable.Range(0, 64).Select(i => $"any{i}")),
            .. values.Chunk(64).Select(row => string.Join(',', row.Select(SampleRows.Text))),
        ]));

        float[] distances = Scores.Parse(DimeProcess.Run("score", "--model", zip, "--embeddings", rows).Succeeds().Output).Numbers("distance");

        Assert.HasCount(expected.Length, distances);
        foreach ((float one, float two) in expected.Zip(distances))
        {
            Assert.IsTrue(one == two || Math.Abs(one - two) <= 1e-4 * one, $"{one}, {two}");
        }

        // All commands that read a model.
        DimeProcess.Run("evaluate", "--model", zip, "--in", rows, "--ood", rows).Succeeds();
        DimeProcess.Run("report", "--model", zip, "--in", rows, "--ood", $"same={rows}", "--output", _folder["report.html"]).Succeeds();
        DimeProcess.Run("export", "--model", zip, "--output", _folder["detector.onnx"]).Succeeds();
        Assert.Contains("A hyperplane of rank", File.ReadAllText(_folder["report.html"]));
    }

    [TestMethod]
    public void A_zip_of_images_of_the_first_version_scores_as_ever()
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden");
        string zip = Path.Combine(golden, "pipeline-images.zip");
        float[] expected = Numbers(JsonDocument.Parse(File.ReadAllText(zip + ".json")).RootElement.GetProperty("Outputs").GetProperty("DimeDistance"));

        var scores = Scores.Parse(DimeProcess.Run("score", "--model", zip, "--images", Path.Combine(golden, "images")).Succeeds().Output);

        Assert.AreSequenceEqual(["id", "distance", "probability", "isOutOfDistribution"], scores.Columns);
        Assert.HasCount(expected.Length, scores.Rows);
        foreach ((float one, float two) in expected.Order().Zip(scores.Numbers("distance").Order()))
        {
            Assert.AreEqual(one, two, 1e-4 * one);
        }

        DimeProcess.Run("export", "--model", zip, "--fuse", SampleData.Network, "--output", _folder["guarded.onnx"]).Succeeds();
    }

    [TestMethod]
    public void A_pipeline_of_the_user_s_needs_no_names()
    {
        var mlContext = new MLContext();
        IDataView rows = mlContext.Data.LoadFromEnumerable(_train.Select(row => new Row { Values = row }));
        mlContext.Model.Save(
            mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { InputColumnName = "Values", Rank = 2, Calibration = Calibration.None }).Fit(rows), rows.Schema, Model);

        Assert.AreSequenceEqual(_distances, Distances(EmbeddingFiles.Write(_folder, "other", "csv", _other)));
    }

    [TestMethod]
    public void Whole_numbers_of_Parquet_stay_what_they_are()
    {
        Fit(EmbeddingFiles.Write(_folder, "train", "csv", _train));
        string other = _folder["other.parquet"];
        long[] ids = [.. Enumerable.Range(0, 20).Select(i => i == 19 ? long.MaxValue : 16_777_217L + i)];
        EmbeddingFiles.WriteParquet(other, "id", ids, ["f0", "f1", "f2", "f3", "f4"], _other);

        DimeRun run = DimeProcess.Run("score", "--model", Model, "--embeddings", other).Succeeds();

        Assert.AreSequenceEqual(ids.Select(id => $"{id}"), Scores.Parse(run.Output).Texts("id"));
        Assert.Contains("ids from column 'id', embeddings of 5 values from f0..f4, matched by name", run.Error);
    }

    [TestMethod]
    public void Whole_numbers_are_no_part_of_an_embedding_of_other_numbers()
    {
        string train = _folder["train.parquet"];
        string[] names = ["f0", "f1", "f2", "f3", "f4"];
        EmbeddingFiles.WriteParquet(train, "id", [.. _train.Select((_, i) => (long)i)], names, _train);
        Assert.AreEqual(5, Fit(train).GetProperty("dimension").GetInt32());

        EmbeddingFiles.WriteParquet(train, "category", [.. _train.Select((_, i) => (long)i % 10)], names, _train);
        DimeProcess.Run("fit", "--embeddings", train, "--output", Model).Fails(3, "category", "whole numbers", "--columns f0..f4");
        Assert.AreEqual(5, Fit(train, "--columns", "f0..f4").GetProperty("dimension").GetInt32());
        Assert.AreEqual(6, Fit(train, "--columns", "category..f4").GetProperty("dimension").GetInt32());
        Assert.AreEqual("category", Fit(train, "--id", "category").GetProperty("columns").GetProperty("id").GetString());
    }

    [TestMethod]
    public void What_is_neither_text_nor_a_number_is_left_out()
    {
        string train = _folder["train.parquet"];
        EmbeddingFiles.WriteParquet(train, "isGood", [.. _train.Select((_, i) => i % 2 == 0)], ["f0", "f1", "f2", "f3", "f4"], _train);

        JsonElement columns = Fit(train).GetProperty("columns");

        Assert.IsFalse(columns.TryGetProperty("id", out _));
        Assert.AreSequenceEqual(["f0..f4"], Texts(columns.GetProperty("features")));
        Assert.AreSequenceEqual(["isGood"], Texts(columns.GetProperty("leftOut")));
        DimeProcess.Run("fit", "--embeddings", train, "--id", "isGood", "--output", Model).Fails(3, "isGood", "--id");
        DimeProcess.Run("fit", "--embeddings", train, "--columns", "isGood..f4", "--output", Model).Fails(3, "isGood", "Boolean");
    }

    [TestMethod]
    public void Whole_numbers_of_a_data_view_may_be_ids()
    {
        var mlContext = new MLContext();
        using (FileStream stream = File.Create(_folder["train.idv"]))
        {
            mlContext.Data.SaveAsBinary(mlContext.Data.LoadFromEnumerable(_train.Select((row, i) => new Sample { Id = long.MaxValue - i, Label = i % 3, Features = row })), stream);
        }

        Assert.AreSequenceEqual(["Label"], Texts(Fit(_folder["train.idv"]).GetProperty("columns").GetProperty("leftOut")));
        string[] ids = Scores.Parse(DimeProcess.Run("score", "--model", Model, "--embeddings", _folder["train.idv"]).Succeeds().Output).Texts("id");

        Assert.AreSequenceEqual(_train.Select((_, i) => $"{long.MaxValue - i}"), ids);
    }

    private JsonElement Fit(string train, params string[] options) =>
        DimeProcess.Run(["fit", "--embeddings", train, "--rank", "2", "--no-calibration", "--output", Model, "--json", .. options]).Succeeds().Json;

    private float[] Distances(string file, params string[] options) =>
        Scores.Parse(DimeProcess.Run(["score", "--model", Model, "--embeddings", file, .. options]).Succeeds().Output).Numbers("distance");

    private string[] NamesInZip()
    {
        new MLContext().Model.Load(Model, out DataViewSchema schema);
        VBuffer<ReadOnlyMemory<char>> names = default;
        if (schema["Features"].HasSlotNames())
        {
            schema["Features"].GetSlotNames(ref names);
        }

        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(text => text.GetString());

    private static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => float.Parse(value.ToString(), CultureInfo.InvariantCulture))];

    private static string Csv(float[][] rows, int[] order) => string.Join('\n',
    [
        string.Join(',', order.Select(i => $"f{i}")),
        .. rows.Select(row => string.Join(',', order.Select(i => SampleRows.Text(row[i])))),
        "",
    ]);

    private static float[][] Shuffle(float[][] rows) => [.. rows.Select(row => _shuffled.Select(i => row[i]).ToArray())];

    // The columns joined as a pipeline does it, which names the values.
    private static void WriteBinary(string path, int[] order)
    {
        var mlContext = new MLContext();
        IDataView rows = mlContext.Data.LoadFromEnumerable(_other.Select(row => new Cells { f0 = row[0], f1 = row[1], f2 = row[2], f3 = row[3], f4 = row[4], f5 = 0 }));
        IDataView joined = mlContext.Transforms.Concatenate("Features", [.. order.Select(i => $"f{i}")])
            .Append(mlContext.Transforms.SelectColumns("Features"))
            .Fit(rows).Transform(rows);
        using FileStream stream = File.Create(path);
        mlContext.Data.SaveAsBinary(joined, stream);
    }

    private sealed class Row
    {
        [VectorType(SampleRows.Dimension)]
        public float[] Values { get; set; } = [];
    }

    private sealed class Sample
    {
        public long Id { get; set; }

        public int Label { get; set; }

        [VectorType(SampleRows.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Cells
    {
        public float f0 { get; set; }

        public float f1 { get; set; }

        public float f2 { get; set; }

        public float f3 { get; set; }

        public float f4 { get; set; }

        public float f5 { get; set; }
    }
}
