using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Tests.Commands;

/// <summary>Ensembles of embeddings whose classes stand in a column.</summary>
[TestClass]
public sealed class LabelTests : IDisposable
{
    private static readonly LabelledRows _train = LabelledRows.Create(700);
    private static readonly LabelledRows _other = LabelledRows.Create(40, seed: 2, shift: 0.2f);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("csv")]
    [DataRow("parquet")]
    [DataRow("idv of keys")]
    [DataRow("idv of numbers")]
    public void Every_format_gives_the_library_s_ensemble(string format)
    {
        string train = Write("train", format, _train);

        JsonElement fit = DimeProcess.Run(["fit", "--embeddings", train, "--label", "kind", .. Id(format), "--output", _folder["m.zip"], "--json"]).Succeeds().Json;

        var scores = ScoreLines.Of(_folder["m.zip"], ["--embeddings", Write("other", format, _other), "--label", "kind", .. Id(format)]);
        Scored[] expected = ByLibrary(_train, _other);
        Assert.AreSequenceEqual(expected.Select(row => row.DimeDistance), scores.Numbers("distance"));
        Assert.AreSequenceEqual(expected.Select(row => row.DimeProbability), scores.Numbers("probability"));
        string[] names = ["RelativeMahalanobis(Features, normalized)", "ClassMahalanobis(Features, normalized)"];
        Assert.AreSequenceEqual(expected.Select(row => names[row.ScoreProbabilities[1] > row.ScoreProbabilities[0] ? 1 : 0]), scores.Texts("topScore"));
        Assert.HasCount(2, scores.Texts("topScore").Distinct().ToArray());
        Assert.AreEqual("ensemble", fit.GetProperty("method").GetString());
        JsonElement ensemble = fit.GetProperty("ensemble");
        Assert.AreSequenceEqual(names, ensemble.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("name").GetString()));
        Assert.AreEqual(3, ensemble.GetProperty("classes").GetInt32());
        Assert.AreEqual("column 'kind'", ensemble.GetProperty("classesFrom").GetString());
        Assert.AreEqual("kind", fit.GetProperty("columns").GetProperty("label").GetString());
        Assert.IsEmpty(fit.GetProperty("warnings").EnumerateArray());
    }

    [TestMethod]
    public void Classes_are_known_only_for_training()
    {
        string train = Write("train", "csv", _train);
        string plain = _folder.Write("plain.csv", _other.ToCsv(withClasses: false));
        DimeProcess.Run("fit", "--embeddings", train, "--label", "kind", "--calibration", plain, "--output", _folder["m.zip"]).Succeeds();

        var scores = ScoreLines.Of(_folder["m.zip"], "--embeddings", plain);

        new MLContext().Model.Load(_folder["m.zip"], out DataViewSchema schema);
        Assert.AreSequenceEqual(["Features"], schema.Select(column => column.Name));
        Assert.AreSequenceEqual(
            scores.Numbers("distance"), ScoreLines.Of(_folder["m.zip"], "--embeddings", Write("other", "csv", _other), "--label", "kind").Numbers("distance"));

        Assert.AreSequenceEqual(ByLibrary(_train, _other, _other).Select(row => row.DimeProbability), scores.Numbers("probability"));
        Assert.AreEqual("ids from column 'name', classes from column 'kind', embeddings of 4 values", Taken(train));
    }

    [TestMethod]
    public void The_line_says_what_was_fitted()
    {
        string train = Write("train", "csv", _train);

        string line = DimeProcess.Run("fit", "--embeddings", train, "--label", "kind", "--output", _folder["m.zip"]).Succeeds().Lines.Single();

        Assert.AreEqual($"700 rows: an ensemble of 2 scores of the embedding, with 3 classes from column 'kind'. Saved to {_folder["m.zip"]}.", line);
    }

    [TestMethod]
    public void A_column_of_any_name_can_hold_the_classes()
    {
        foreach (string name in (string[])["Features", "dime.id", "label"])
        {
            string train = _folder.Write("train.csv", _train.ToCsv().Replace("kind", name, StringComparison.Ordinal));

            DimeProcess.Run("fit", "--embeddings", train, "--label", name, "--output", _folder["m.zip"]).Succeeds();

            Assert.AreSequenceEqual(
                ByLibrary(_train, _other).Select(row => row.DimeDistance),
                ScoreLines.Of(_folder["m.zip"], "--embeddings", _folder.Write("plain.csv", _other.ToCsv(withClasses: false))).Numbers("distance"));
        }
    }

    [TestMethod]
    public void Rows_without_a_class_are_left_out_and_said_to_be()
    {
        string[] lines = _train.ToCsv().Split('\n');
        lines[1] = lines[1][..(lines[1].LastIndexOf(',') + 1)];
        string train = _folder.Write("train.csv", string.Join('\n', lines));

        DimeRun run = DimeProcess.Run("fit", "--embeddings", train, "--label", "kind", "--output", _folder["m.zip"], "--json").Succeeds();

        string warning = run.Json.GetProperty("warnings").EnumerateArray().Single().GetString()!;
        Assert.Contains("1 rows were left out: their class in column 'kind' is missing", warning);
        Assert.Contains(warning, run.Error);
    }

    [TestMethod]
    public void What_cannot_be_classes_is_refused()
    {
        string train = Write("train", "csv", _train);
        string[] ends = [.. _train.ToCsv().Split('\n').Select(line => line[(line.LastIndexOf(',') + 1)..])];
        string same = _folder.Write("same.csv", string.Join('\n', _train.ToCsv().Split('\n').Zip(ends, (line, end) => end is "kind" or "" ? line : line[..^end.Length] + "cat")));

        void Fails(string file, string label, params string[] words) =>
            DimeProcess.Run("fit", "--embeddings", file, "--label", label, "--output", _folder["m.zip"]).Fails(3, words);

        Fails(train, "species", "no column 'species'", "kind");
        Fails(train, "f1", "'f1'", "classes", "--label");
        Fails(same, "kind", "two", "Mahalanobis");
        DimeProcess.Run("fit", "--embeddings", train, "--label", "kind", "--columns", "f0..kind", "--output", _folder["m.zip"]).Fails(3, "'kind'", "--label", "--columns");
        DimeProcess.Run("fit", "--embeddings", _folder.Write("few.csv", LabelledRows.Create(30).ToCsv()), "--label", "kind", "--output", _folder["m.zip"]).Fails(3, "20");
        Assert.IsFalse(File.Exists(_folder["m.zip"]));
    }

    private static string[] Id(string format) => format == "parquet" ? ["--columns", "f0,f1,f2,f3"] : [];

    private static Scored[] ByLibrary(LabelledRows train, LabelledRows rows, LabelledRows? calibration = null)
    {
        var mlContext = new MLContext(seed: 1);
        IDataView View(LabelledRows from) =>
            mlContext.Data.LoadFromEnumerable(from.Rows.Zip(from.Names, (row, name) => new Row { Features = row, Kind = name }));
        EnsembleEstimator estimator = mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
        {
            Scores = [OutOfDistributionScore.RelativeMahalanobis("Features", normalize: true), OutOfDistributionScore.ClassMahalanobis("Features", normalize: true)],
            ClassColumnName = "Kind",
            ScoreProbabilitiesColumnName = "ScoreProbabilities",
        });
        EnsembleTransformer model = calibration is null ? estimator.Fit(View(train)) : estimator.Fit(View(train), View(calibration));
        return [.. mlContext.Data.CreateEnumerable<Scored>(model.Transform(View(rows)), reuseRowObject: false)];
    }

    private string Taken(string train)
    {
        string error = DimeProcess.Run("fit", "--embeddings", train, "--label", "kind", "--output", _folder["n.zip"]).Succeeds().Error;
        string line = error.Trim().Split('\n')[^1];
        return line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..line.IndexOf(" from f0", StringComparison.Ordinal)];
    }

    private string Write(string name, string format, LabelledRows rows)
    {
        string path = _folder[$"{name}.{format.Split(' ')[0]}"];
        var mlContext = new MLContext();
        switch (format)
        {
            case "csv":
                return _folder.Write($"{name}.csv", rows.ToCsv());
            case "parquet":
                EmbeddingFiles.WriteParquet(path, "kind", rows.Classes, ["f0", "f1", "f2", "f3"], rows.Rows);
                return path;
            default:
                IDataView view = mlContext.Data.LoadFromEnumerable(rows.Rows.Select((row, i) => new NumberedRow { Features = row, Number = rows.Classes[i] }));
                view = format == "idv of keys"
                    ? mlContext.Transforms.Conversion.MapValueToKey("kind", "Number").Append(mlContext.Transforms.DropColumns("Number")).Fit(view).Transform(view)
                    : mlContext.Transforms.CopyColumns("kind", "Number").Append(mlContext.Transforms.DropColumns("Number")).Fit(view).Transform(view);
                using (FileStream stream = File.Create(path))
                {
                    mlContext.Data.SaveAsBinary(view, stream);
                }

                return path;
        }
    }

    private sealed class Row
    {
        [VectorType(LabelledRows.Dimension)]
        public float[] Features { get; set; } = [];

        public string Kind { get; set; } = "";
    }

    private sealed class NumberedRow
    {
        [VectorType(LabelledRows.Dimension)]
        public float[] Features { get; set; } = [];

        public int Number { get; set; }
    }

    private sealed class Scored
    {
        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }

        [VectorType(2)]
        public float[] ScoreProbabilities { get; set; } = [];
    }
}
