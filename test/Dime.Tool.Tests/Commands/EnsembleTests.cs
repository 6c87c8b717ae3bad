using System.Globalization;
using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Parquet;

namespace Dime.Tool.Tests.Commands;

/// <summary>Ensembles of a network's tensors.</summary>
[TestClass]
public sealed class EnsembleTests : IDisposable
{
    private const int Images = 400;

    private readonly TemporaryFolder _folder = new();
    private readonly string _train;
    private readonly string _digits;

    public EnsembleTests()
    {
        _train = SampleData.Unpack("train", Images, _folder);
        _digits = SampleData.Unpack("ood-mnist", 40, _folder);
    }

    private string Model => _folder["m.zip"];

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Without_a_layer_the_network_is_monitored_as_by_the_library()
    {
        DimeRun run = DimeProcess.Run("fit", "--images", _train, "--onnx", SampleData.Network, "--output", Model).Succeeds();

        var scores = ScoreLines.Of(Model, "--images", _digits);
        Scored[] expected = ByLibrary(new EnsembleOptions { ScoreProbabilitiesColumnName = "ScoreProbabilities" }, _digits);
        int classes = ClassesOf(FitByLibrary(new EnsembleOptions(), className: null, out _));
        Assert.AreSequenceEqual(expected.Select(row => row.DimeDistance), scores.Numbers("distance"));
        Assert.AreSequenceEqual(expected.Select(row => row.DimeProbability), scores.Numbers("probability"));
        Assert.AreSequenceEqual(expected.Select(TopOf), scores.Texts("topScore"));
        Assert.AreEqual(
            $"{Images} rows: an ensemble of 5 scores of /l1/l1.1/Relu_1_output_0, {SampleData.Layer}, /l3/l3.1/Relu_1_output_0, /ReduceMean_output_0, logits, "
                + $"with {classes} classes from the logits. Saved to {Model}.",
            run.Lines.Single());
        new MLContext().Model.Load(Model, out DataViewSchema schema);
        Assert.AreSequenceEqual(["Path"], schema.Select(column => column.Name));
    }

    [TestMethod]
    public void What_is_the_default_can_be_said_outright()
    {
        Fit();
        string expected = ScoreDigits();

        Fit("--method", "ensemble", "--classes", "logits");

        Assert.AreEqual(expected, ScoreDigits());
        JsonElement dime = DimeProcess.Run("fit", "--images", _train, "--onnx", SampleData.Network, "--method", "dime", "--output", Model, "--json").Succeeds().Json;
        Assert.AreEqual("dime", dime.GetProperty("method").GetString());
        Assert.AreEqual(SampleData.Layer, dime.GetProperty("layer").GetString());
        Assert.IsFalse(dime.TryGetProperty("ensemble", out _));
    }

    [TestMethod]
    public void Folders_are_classes_of_the_training_images()
    {
        string folders = _folder["folders"];
        string[] files = [.. Directory.GetFiles(_train).Order(StringComparer.Ordinal)];
        foreach ((string file, int i) in files.Select((file, i) => (file, i)))
        {
            // By thirds, so that the order of the rows is that of the names.
            string folder = Path.Combine(folders, $"{"abc"[3 * i / files.Length]}", "deeper");
            Directory.CreateDirectory(folder);
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        JsonElement fit = Fit(["--classes", "folders"], folders);

        Scored[] expected = ByLibrary(
            new EnsembleOptions { ScoreProbabilitiesColumnName = "ScoreProbabilities", ClassColumnName = "Class" }, _digits, i => $"{"abc"[3 * i / files.Length]}");
        Assert.AreSequenceEqual(expected.Select(row => row.DimeDistance), ScoreLines.Of(Model, "--images", _digits).Numbers("distance"));
        Assert.AreEqual(3, fit.GetProperty("ensemble").GetProperty("classes").GetInt32());
        Assert.AreEqual("the folders", fit.GetProperty("ensemble").GetProperty("classesFrom").GetString());

        // Only training needs them: calibration images lie as they will.
        Fit(["--classes", "folders", "--calibration", _train], folders);
        new MLContext().Model.Load(Model, out DataViewSchema schema);
        Assert.AreSequenceEqual(["Path"], schema.Select(column => column.Name));
    }

    [TestMethod]
    public void Images_without_a_folder_of_their_class_are_refused()
    {
        DimeProcess.Run("fit", "--images", _train, "--onnx", SampleData.Network, "--classes", "folders", "--output", Model)
            .Fails(3, Path.Combine(_train, "0000.jpg"), "no folder", "--classes");
        string one = Path.Combine(_folder["one"], "only");
        Directory.CreateDirectory(one);
        File.Copy(Path.Combine(_train, "0000.jpg"), Path.Combine(one, "0000.jpg"));

        DimeProcess.Run("fit", "--images", _folder["one"], "--onnx", SampleData.Network, "--classes", "folders", "--output", Model)
            .Fails(3, "'only'", "two are needed", "--classes");
        Assert.IsFalse(File.Exists(Model));
    }

    [TestMethod]
    public void Without_classes_no_score_goes_by_class()
    {
        JsonElement fit = Fit("--classes", "none");

        string[] names = [.. fit.GetProperty("ensemble").GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("name").GetString()!)];
        Assert.AreSequenceEqual(
            [
                "Mahalanobis(/l1/l1.1/Relu_1_output_0)", $"Mahalanobis({SampleData.Layer})", "Mahalanobis(/l3/l3.1/Relu_1_output_0)",
                "Mahalanobis(/ReduceMean_output_0, normalized)", "Energy(logits)",
            ],
            names);
        Assert.IsFalse(fit.GetProperty("ensemble").TryGetProperty("classesFrom", out _));
        Assert.IsEmpty(ScoreLines.Of(Model, "--images", _digits).Texts("topScore").Except(names));
    }

    [TestMethod]
    public void A_network_without_logits_is_measured_without_classes_or_by_folders()
    {
        string network = Featurizer.Write(_folder, "featurizer.onnx");
        string[] Names(JsonElement fit) => [.. fit.GetProperty("ensemble").GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("name").GetString()!)];
        JsonElement FitTo(string images, params string[] options) =>
            DimeProcess.Run(["fit", "--images", images, "--onnx", network, .. options, "--output", Model, "--json"]).Succeeds().Json;
        string folders = _folder["folders"];
        foreach (string file in Directory.GetFiles(_train))
        {
            string folder = Path.Combine(folders, file.EndsWith("0.jpg", StringComparison.Ordinal) ? "round" : "other");
            Directory.CreateDirectory(folder);
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        JsonElement plain = FitTo(_train);

        Assert.AreSequenceEqual(["Mahalanobis(embedding, normalized)", "FeatureNorm(embedding)"], Names(plain));
        string[] warnings = [.. plain.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
        Assert.IsTrue(warnings.Any(warning => warning.Contains("no logits", StringComparison.Ordinal)), string.Join('\n', warnings));
        Assert.AreSequenceEqual(["RelativeMahalanobis(embedding, normalized)", "FeatureNorm(embedding)"], Names(FitTo(folders, "--classes", "folders")));
        DimeProcess.Run("fit", "--images", _train, "--onnx", network, "--classes", "logits", "--output", _folder["n.zip"])
            .Fails(3, network, "no logits", "--classes folders", "--classes none");
        Assert.IsFalse(DimeProcess.Run("layers", network, "--json").Succeeds().Json.GetProperty("plan").GetProperty("hasLogits").GetBoolean());
    }

    [TestMethod]
    public void Layers_prints_the_plan()
    {
        string expected = OnnxGraph.Load(SampleData.Network).SuggestMonitoring().ToString();

        DimeRun text = DimeProcess.Run("layers", SampleData.Network).Succeeds();
        JsonElement plan = DimeProcess.Run("layers", SampleData.Network, "--json").Succeeds().Json.GetProperty("plan");

        foreach (string line in expected.Split('\n'))
        {
            Assert.Contains(line, text.Lines);
        }

        Assert.AreSequenceEqual(
            ["/l1/l1.1/Relu_1_output_0", SampleData.Layer, "/l3/l3.1/Relu_1_output_0", "/ReduceMean_output_0", "logits"],
            plan.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()));
        Assert.AreSequenceEqual(["early", "early", "early", "lastEmbedding", "logits"], plan.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("role").GetString()));
        Assert.AreEqual(0.5, plan.GetProperty("tensors")[0].GetProperty("scores")[0].GetProperty("weight").GetDouble());
        Assert.IsTrue(plan.GetProperty("hasLogits").GetBoolean());
    }

    [TestMethod]
    public async Task Every_format_names_the_score_that_objected_most()
    {
        Fit();
        string[] expected = ScoreLines.Of(Model, "--images", _digits).Texts("topScore");

        DimeProcess.Run("score", "--model", Model, "--images", _digits, "--output", _folder["s.parquet"]).Succeeds();
        string[] csv = DimeProcess.Run("score", "--model", Model, "--images", _digits).Succeeds().Lines;

        Assert.EndsWith(",isOutOfDistribution,topScore", csv[0]);
        foreach ((string line, string name) in csv.Skip(1).Zip(expected))
        {
            Assert.EndsWith(name.Contains(',', StringComparison.Ordinal) ? $",\"{name}\"" : $",{name}", line);
        }

        await using ParquetReader reader = await ParquetReader.CreateAsync(_folder["s.parquet"]);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        using var names = (Parquet.Data.RawColumnData<ReadOnlyMemory<char>>)await group.ReadRawColumnDataBaseAsync(reader.Schema.DataFields.Single(field => field.Name == "topScore"));
        Assert.AreSequenceEqual(expected, names.Values.ToArray().Select(name => name.ToString()));
    }

    [TestMethod]
    public void Figures_say_which_score_finds_what()
    {
        Fit();
        string test = SampleData.Unpack("test", 60, _folder);
        Scored[] inside = ByLibrary(new EnsembleOptions { ScoreProbabilitiesColumnName = "ScoreProbabilities" }, test);
        Scored[] outside = ByLibrary(new EnsembleOptions { ScoreProbabilitiesColumnName = "ScoreProbabilities" }, _digits);

        JsonElement figures = DimeProcess.Run("evaluate", "--model", Model, "--in", test, "--ood", _digits, "--json").Succeeds().Json;
        JsonElement report = DimeProcess.Run("report", "--model", Model, "--in", test, "--ood", _digits, "--output", _folder["r.html"], "--json").Succeeds().Json;

        string page = File.ReadAllText(_folder["r.html"]);
        foreach (JsonElement sets in (JsonElement[])[figures, report.GetProperty("sets")])
        {
            Assert.IsFalse(sets[0].TryGetProperty("scores", out _));
            JsonElement[] scores = [.. sets[1].GetProperty("scores").EnumerateArray()];
            Assert.HasCount(5, scores);
            for (int i = 0; i < scores.Length; i++)
            {
                double area = AreaUnderRocCurve(inside.Select(row => row.ScoreProbabilities[i]), outside.Select(row => row.ScoreProbabilities[i]));
                Assert.AreEqual(area, scores[i].GetProperty("areaUnderRocCurve").GetDouble(), 1e-9);
                Assert.Contains(scores[i].GetProperty("name").GetString()!, page);
                Assert.Contains(area.ToString("F3", CultureInfo.InvariantCulture), page);
            }
        }

        Assert.Contains("Which score finds what", page);
        Assert.Contains("all together", page);
        Assert.Contains("An ensemble of 5 scores and ", page);
        Assert.Contains("an ensemble has no hyperplane of its own", page);
        Assert.DoesNotContain("id=\"variance\"", page);
    }

    [TestMethod]
    public void Ensembles_of_programs_that_do_not_tell_their_scores_apart_can_be_used()
    {
        ITransformer model = FitByLibrary(new EnsembleOptions(), className: null, out IDataView images);
        new MLContext().Model.Save(model, images.Schema, Model);
        string test = SampleData.Unpack("test", 30, _folder);

        var scores = Scores.Parse(DimeProcess.Run("score", "--model", Model, "--images", _digits).Succeeds().Output);
        DimeRun figures = DimeProcess.Run("evaluate", "--model", Model, "--in", test, "--ood", _digits).Succeeds();
        DimeProcess.Run("report", "--model", Model, "--in", test, "--ood", _digits, "--output", _folder["r.html"]).Succeeds();

        Assert.AreSequenceEqual(["id", "distance", "probability", "isOutOfDistribution"], scores.Columns);
        Assert.AreSequenceEqual(ByLibrary(new EnsembleOptions { ScoreProbabilitiesColumnName = "ScoreProbabilities" }, _digits).Select(row => row.DimeDistance), scores.Numbers("distance"));
        Assert.DoesNotContain("AUROC of each score", figures.Output);
        Assert.DoesNotContain("Which score finds what", File.ReadAllText(_folder["r.html"]));
    }

    [TestMethod]
    public void An_ensemble_that_is_not_calibrated_is_refused()
    {
        ITransformer model = FitByLibrary(new EnsembleOptions { Calibration = Calibration.None }, className: null, out IDataView images);
        new MLContext().Model.Save(model, images.Schema, Model);

        DimeProcess.Run("score", "--model", Model, "--images", _digits).Fails(3, Model, "not calibrated");
        DimeProcess.Run("evaluate", "--model", Model, "--in", _digits, "--ood", _digits).Fails(3, Model, "not calibrated");
    }

    [TestMethod]
    public void An_exported_network_says_what_the_model_says()
    {
        Fit();
        var scores = ScoreLines.Of(Model, "--images", _digits);

        JsonElement exported = DimeProcess.Run(
            "export", "--model", Model, "--fuse", SampleData.Network, "--prefix", "dime", "--output", _folder["guarded.onnx"], "--json").Succeeds().Json;

        Assert.HasCount(5, exported.GetProperty("outputs").EnumerateArray().ToArray());
        OnnxDetectorInfo info = OnnxGraph.Load(_folder["guarded.onnx"]).Detectors.Single();
        using var network = new ImageSession(_folder["guarded.onnx"]);
        foreach ((string path, int i) in scores.Texts("id").Select((path, i) => (path, i)))
        {
            Assert.AreEqual(scores.Numbers("distance")[i], network.Run(path, "dime_distance")[0], 1e-3 * scores.Numbers("distance")[i]);
            float[] probabilities = network.Run(path, "dime_score_probabilities");
            Assert.AreEqual(probabilities.Max(), probabilities[info.ScoreNames.ToList().IndexOf(scores.Texts("topScore")[i])], 1e-3);
        }

        DimeProcess.Run("export", "--model", Model, "--output", _folder["detector.onnx"]).Succeeds();
        Assert.HasCount(5, OnnxGraph.Load(_folder["detector.onnx"]).ToEnsemble().Scores);
        DimeProcess.Run("export", "--model", Model, "--fuse", _folder["guarded.onnx"], "--prefix", "dime", "--output", _folder["twice.onnx"])
            .Fails(3, "'dime_distance'", "--prefix");
        DimeProcess.Run("export", "--model", Model, "--fuse", SampleData.Network, "--layer", SampleData.Layer, "--output", _folder["x.onnx"])
            .Fails(3, "5 tensors", "--layer");
    }

    [TestMethod]
    public void Images_that_are_all_the_same_and_too_few_images_are_explained()
    {
        string same = _folder["same"];
        Directory.CreateDirectory(same);
        for (int i = 0; i < 120; i++)
        {
            File.Copy(Path.Combine(_train, "0000.jpg"), Path.Combine(same, $"{i:D3}.jpg"));
        }

        DimeProcess.Run("fit", "--images", same, "--onnx", SampleData.Network, "--output", Model).Fails(3, "class");
        DimeProcess.Run("fit", "--images", same, "--onnx", SampleData.Network, "--classes", "none", "--output", Model).Fails(3, "same");
        DimeProcess.Run("fit", "--images", _digits, "--onnx", SampleData.Network, "--classes", "none", "--output", Model).Fails(3, "20");
        Assert.IsFalse(File.Exists(Model));
    }

    [TestMethod]
    public void Warnings_of_the_library_are_passed_on()
    {
        JsonElement fit = Fit(["--classes", "none"], SampleData.Unpack("test", 200, _folder));

        Assert.Contains("calibrate the probabilities", fit.GetProperty("warnings").EnumerateArray().Single().GetString()!);
        Assert.IsEmpty(Fit(["--classes", "none", "--calibration", _train]).GetProperty("warnings").EnumerateArray());
    }

    private static double AreaUnderRocCurve(IEnumerable<float> inside, IEnumerable<float> outside)
    {
        // By its definition, pair by pair.
        double[] pairs = [.. inside.SelectMany(_ => outside, (one, two) => two > one ? 1 : two == one ? 0.5 : 0)];
        return pairs.Average();
    }

    private JsonElement Fit(params string[] options) => Fit(options, _train);

    private JsonElement Fit(string[] options, string images) =>
        DimeProcess.Run(["fit", "--images", images, "--onnx", SampleData.Network, .. options, "--output", Model, "--json"]).Succeeds().Json;

    private static int ClassesOf(TransformerChain<ITransformer> model) =>
        ((TransformerChain<EnsembleTransformer>)model.LastTransformer).LastTransformer.Ensemble.ClassNames.Count;

    private string ScoreDigits() => DimeProcess.Run("score", "--model", Model, "--images", _digits).Succeeds().Output;

    private static string TopOf(Scored row)
    {
        (string Name, double Weight)[] scores =
        [
            ("ClassMahalanobis(/l1/l1.1/Relu_1_output_0)", 0.5), ($"ClassMahalanobis({SampleData.Layer})", 0.5), ("ClassMahalanobis(/l3/l3.1/Relu_1_output_0)", 0.5),
            ("RelativeMahalanobis(/ReduceMean_output_0, normalized)", 1), ("Energy(logits)", 1),
        ];
        return scores.Zip(row.ScoreProbabilities).OrderByDescending(pair => pair.Second).ThenByDescending(pair => pair.First.Weight).First().First.Name;
    }

    private Scored[] ByLibrary(EnsembleOptions options, string folder, Func<int, string>? className = null)
    {
        using var model = (TransformerChain<ITransformer>)FitByLibrary(options, className, out _);
        var mlContext = new MLContext();
        return [.. mlContext.Data.CreateEnumerable<Scored>(model.Transform(View(mlContext, folder, null)), reuseRowObject: false)];
    }

    private TransformerChain<ITransformer> FitByLibrary(EnsembleOptions options, Func<int, string>? className, out IDataView images)
    {
        var mlContext = new MLContext(seed: 1);
        images = View(mlContext, _train, className);
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(mlContext.Transforms.LoadImages("image", null, "Path"))
            .Append<ITransformer>(mlContext.Transforms.ResizeImages("image", 32, 32, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append<ITransformer>(mlContext.Transforms.ExtractPixels("pixels", "image"))
            .Append<ITransformer>(mlContext.Transforms.MonitorNetwork(SampleData.Network, "pixels", options))
            .Fit(images);
    }

    private static IDataView View(MLContext mlContext, string folder, Func<int, string>? className)
    {
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        return className is null
            ? mlContext.Data.LoadFromEnumerable(files.Select(file => new Image { Path = file }))
            : mlContext.Data.LoadFromEnumerable(files.Select((file, i) => new ClassedImage { Path = file, Class = className(i) }));
    }

    private sealed class Image
    {
        public string Path { get; set; } = "";
    }

    private sealed class ClassedImage
    {
        public string Path { get; set; } = "";

        public string Class { get; set; } = "";
    }

    private sealed class Scored
    {
        public float DimeDistance { get; set; }

        public float DimeProbability { get; set; }

        [VectorType(5)]
        public float[] ScoreProbabilities { get; set; } = [];
    }
}
