using System.IO.Compression;
using System.Text.Json;
using Dime.MLNet;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class ImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Layers_lists_what_can_be_watched_and_marks_one()
    {
        JsonElement layers = DimeProcess.Run("layers", SampleData.Network, "--json").Succeeds().Json.GetProperty("layers");

        JsonElement recommended = layers.EnumerateArray().Single(layer => layer.GetProperty("isRecommended").GetBoolean());
        Assert.AreEqual(SampleData.Layer, recommended.GetProperty("name").GetString());
        Assert.AreEqual(32, recommended.GetProperty("embeddingWidth").GetInt32());
        DimeRun all = DimeProcess.Run("layers", SampleData.Network, "--all").Succeeds();
        Assert.IsGreaterThan(layers.GetArrayLength(), all.Lines.Length);
        Assert.Contains("/ReduceMean_output_0", all.Output);
        Assert.Contains(SampleData.Layer, all.Lines.Single(line => line.StartsWith('*') && !line.StartsWith("* recommended", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Tokens_of_a_transformer_are_averaged_and_not_their_values()
    {
        string network = Featurizer.WriteTokens(_folder, "tokens.onnx");
        string train = SampleData.Unpack("train", 60, _folder);

        JsonElement layers = DimeProcess.Run("layers", network, "--json").Succeeds().Json.GetProperty("layers");
        DimeProcess.Run("fit", "--images", train, "--onnx", network, "--method", "dime", "--rank", "2", "--no-calibration", "--output", _folder["m.zip"]).Succeeds();
        DimeProcess.Run("export", "--model", _folder["m.zip"], "--fuse", network, "--output", _folder["guarded.onnx"]).Succeeds();

        JsonElement recommended = layers.EnumerateArray().Single(layer => layer.GetProperty("isRecommended").GetBoolean());
        Assert.AreEqual("twice", recommended.GetProperty("name").GetString());
        Assert.AreEqual(3, recommended.GetProperty("embeddingWidth").GetInt32());
        using var model = (TransformerChain<ITransformer>)new MLContext().Model.Load(_folder["m.zip"], out _);
        Assert.AreEqual(TokenPooling.Mean, model.OfType<OnnxFeatureTransformer>().Single().TokenPooling);
        Assert.AreEqual(3, model.OfType<DimeTransformer>().Single().Embedding.Dimension);
    }

    [TestMethod]
    public void A_network_for_images_of_any_size_takes_the_size_that_is_given()
    {
        string network = Featurizer.WriteOfAnySize(_folder, "any.onnx"), same = Featurizer.Write(_folder, "same.onnx");
        string train = SampleData.Unpack("train", 160, _folder);
        string Distances(string file, params string[] options)
        {
            DimeProcess.Run(["fit", "--images", train, "--onnx", file, "--output", _folder["m.zip"], .. options]).Succeeds();
            return DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", train).Succeeds().Output;
        }

        Assert.AreEqual(Distances(same), Distances(network, "--size", "32x32"));
        Assert.AreNotEqual(Distances(same), Distances(network, "--size", "8x8"));
        DimeProcess.Run("fit", "--images", train, "--onnx", network, "--output", _folder["n.zip"]).Fails(3, network, "--size");
        DimeProcess.Run("fit", "--images", train, "--onnx", same, "--size", "8x8", "--output", _folder["n.zip"]).Fails(3, same, "leave --size out");
        Assert.AreEqual("N x 3 x 8 x 4", DimeProcess.Run("layers", network, "--size", "4x8", "--json").Succeeds().Json.GetProperty("layers")[0].GetProperty("shape").GetString());
        Assert.Contains("--size", DimeProcess.Run("layers", network).Succeeds().Output);
    }

    [TestMethod]
    public void A_network_of_half_precision_takes_images_too()
    {
        string half = Featurizer.Write(_folder, "half.onnx", isHalf: true), single = Featurizer.Write(_folder, "single.onnx");
        string train = SampleData.Unpack("train", 120, _folder);
        float[] Distances(string network)
        {
            DimeProcess.Run("fit", "--images", train, "--onnx", network, "--method", "dime", "--layer", "embedding", "--rank", "1", "--output", _folder["m.zip"]).Succeeds();
            return Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", train).Succeeds().Output).Numbers("distance");
        }

        float[] expected = Distances(single), actual = Distances(half);

        // Means of colours from 0 to 255, of which half precision keeps a tenth.
        Assert.IsGreaterThan(5, expected.Average());
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 0.5f);
        }
    }

    [TestMethod]
    public void A_model_of_images_is_the_library_s_and_loads_without_the_tool()
    {
        string train = SampleData.Unpack("train", 60, _folder);
        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--method", "dime", "--rank", "4", "--no-calibration", "--output", _folder["m.zip"]).Succeeds();
        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", train).Succeeds().Output);

        var mlContext = new MLContext();
        IDataView images = mlContext.Data.LoadFromEnumerable(scores.Texts("id").Select(path => new Image { Path = path }));
        TransformerChain<DimeTransformer> model = mlContext.Transforms.LoadImages("image", null, "Path")
            .Append(mlContext.Transforms.ResizeImages("image", 32, 32, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(mlContext.Transforms.ExtractPixels("pixels", "image"))
            .Append(mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", SampleData.Network, SampleData.Layer))
            .Append(mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 4, Calibration = Calibration.None }))
            .Fit(images);
        IDataView expected = model.Transform(images);
        IDataView loaded = mlContext.Model.Load(_folder["m.zip"], out DataViewSchema schema).Transform(images);

        Assert.AreSequenceEqual(["Path"], schema.Select(column => column.Name));
        float[] distances = [.. mlContext.Data.CreateEnumerable<Scored>(expected, reuseRowObject: false).Select(row => row.DimeDistance)];
        Assert.HasCount(60, distances);
        Assert.AreSequenceEqual(distances, scores.Numbers("distance"));
        Assert.AreSequenceEqual(distances, mlContext.Data.CreateEnumerable<Scored>(loaded, reuseRowObject: false).Select(row => row.DimeDistance));
        mlContext.Model.Save(model, images.Schema, _folder["library.zip"]);
        AssertSameEntries(_folder["library.zip"], _folder["m.zip"]);
    }

    // The tool's own reading must not depend on the names of its own pipeline.
    [TestMethod]
    public void A_model_of_another_pipeline_scores_the_images_as_the_pipeline_does()
    {
        string train = SampleData.Unpack("train", 40, _folder);
        string other = SampleData.Unpack("ood-mnist", 20, _folder);
        var mlContext = new MLContext();
        IDataView Rows(string folder) =>
            mlContext.Data.LoadFromEnumerable(Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => new Image { Path = path }));
        IEstimator<ITransformer> loading = mlContext.Transforms.CopyColumns("File", "Path")
            .Append(mlContext.Transforms.LoadRawImageBytes("bytes", train, "File"))
            .Append(mlContext.Transforms.LoadImages("picture", train, "File"));
        IDataView images = Rows(train);
        using TransformerChain<DimeTransformer> model = loading
            .Append(mlContext.Transforms.ResizeImages("small", 32, 32, "picture"))
            .Append(mlContext.Transforms.ExtractPixels("pixels", "small"))
            .Append(mlContext.Transforms.ExtractOnnxFeatures("Embedding", "pixels", SampleData.Network, SampleData.Layer))
            .Append(mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { InputColumnName = "Embedding", Rank = 4, Calibration = Calibration.None }))
            .Fit(images);
        mlContext.Model.Save(model, images.Schema, _folder["m.zip"]);

        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", other).Succeeds().Output);

        Assert.AreSequenceEqual(
            mlContext.Data.CreateEnumerable<Scored>(model.Transform(Rows(other)), reuseRowObject: false).Select(row => row.DimeDistance), scores.Numbers("distance"));
        string broken = Path.Combine(other, "0007.jpg");
        File.WriteAllText(broken, "not an image");
        DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", other).Fails(3, $"'{broken}'", "not an image");
    }

    [TestMethod]
    public void An_image_is_scored_as_it_is_meant_to_be_seen()
    {
        string train = SampleData.Unpack("train", 40, _folder);
        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--method", "dime", "--rank", "4", "--no-calibration", "--output", _folder["m.zip"]).Succeeds();
        string images = _folder["images"];
        Directory.CreateDirectory(images);
        byte[] stored = File.ReadAllBytes(Path.Combine(train, "0000.jpg"));
        File.WriteAllBytes(Path.Combine(images, "stored.jpg"), stored);
        File.WriteAllBytes(Path.Combine(images, "noted.jpg"), EncodedImages.WithOrientation(stored, 6));
        File.WriteAllBytes(Path.Combine(images, "turned.png"), TurnedRight(stored));

        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", images).Succeeds().Output);

        Assert.AreSequenceEqual(["noted.jpg", "stored.jpg", "turned.png"], scores.Texts("id").Select(Path.GetFileName));
        Assert.AreEqual(scores.Numbers("distance")[2], scores.Numbers("distance")[0]);
        Assert.AreNotEqual(scores.Numbers("distance")[1], scores.Numbers("distance")[0]);
    }

    [TestMethod]
    public void Mean_and_deviation_are_those_of_each_colour()
    {
        string train = SampleData.Unpack("train", 40, _folder);
        string other = SampleData.Unpack("ood-mnist", 10, _folder);

        string Distances(params string[] options)
        {
            DimeProcess.Run(["fit", "--images", train, "--onnx", SampleData.Network, "--method", "dime", "--rank", "4", "--no-calibration", "--output", _folder["m.zip"], .. options]).Succeeds();
            return DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", other).Succeeds().Output;
        }

        // 1/255 undoes the step to the range from 0 to 1, so these are the plain pixels.
        string plain = Distances();
        string scaled = Distances("--mean", "0,0,0", "--std", "0.00392156862745098");
        foreach ((float one, float two) in Scores.Parse(plain).Numbers("distance").Zip(Scores.Parse(scaled).Numbers("distance")))
        {
            Assert.AreEqual(one, two, 1e-4 * one);
        }

        string red = Distances("--mean", "0.5,0,0", "--std", "0.00392156862745098");
        Assert.AreNotEqual(scaled, red);
        Assert.AreNotEqual(red, Distances("--mean", "0,0,0.5", "--std", "0.00392156862745098"));
        Assert.AreNotEqual(plain, Distances("--bgr"));
    }

    [TestMethod]
    public void An_image_that_is_none_is_named()
    {
        string train = SampleData.Unpack("train", 20, _folder);
        File.WriteAllText(Path.Combine(train, "0007.jpg"), "not an image");

        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--output", _folder["m.zip"]).Fails(3, "0007.jpg", "not an image");

        Assert.IsFalse(File.Exists(_folder["m.zip"]));
    }

    [TestMethod]
    public void An_image_that_was_never_at_fault_is_not_blamed()
    {
        string train = SampleData.Unpack("train", 20, _folder);
        File.WriteAllText(Path.Combine(train, "0007.jpg"), "not an image");

        DimeRun run = DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--method", "dime", "--rank", "999", "--output", _folder["m.zip"]);

        run.Fails(3, "999", "32");
        Assert.DoesNotContain("0007.jpg", run.Error);
    }

    [TestMethod]
    public void Options_of_embeddings_do_not_apply_to_a_model_of_images()
    {
        string train = SampleData.Unpack("train", 20, _folder);
        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--method", "dime", "--rank", "2", "--output", _folder["m.zip"]).Succeeds();

        DimeProcess.Run("evaluate", "--model", _folder["m.zip"], "--in", train, "--ood", train, "--columns", "a").Fails(3, "--columns", "images");
        DimeProcess.Run("report", "--model", _folder["m.zip"], "--in", train, "--id", "a", "--output", _folder["r.html"]).Fails(3, "--id", "images");
        DimeProcess.Run("score", "--model", _folder["m.zip"], "--embeddings", train, "--delimiter", ";").Fails(3, "--delimiter", "images");
    }

    [TestMethod]
    public void A_tensor_that_is_not_there_is_said_to_be_missing()
    {
        string train = SampleData.Unpack("train", 2, _folder);

        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--layer", "/l2/none", "--output", _folder["m.zip"]).Fails(3, "/l2/none");
        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--size", "64x64", "--output", _folder["m.zip"]).Fails(3, "32x32");
    }

    [TestMethod]
    public void An_exported_network_says_what_the_model_says()
    {
        string train = SampleData.Unpack("train", 200, _folder);
        DimeProcess.Run("fit", "--images", train, "--onnx", SampleData.Network, "--layer", SampleData.Layer, "--output", _folder["m.zip"]).Succeeds();
        var scores = Scores.Parse(DimeProcess.Run("score", "--model", _folder["m.zip"], "--images", train).Succeeds().Output);

        JsonElement exported = DimeProcess.Run(
            "export", "--model", _folder["m.zip"], "--fuse", SampleData.Network, "--prefix", "dime", "--output", _folder["guarded.onnx"], "--json").Succeeds().Json;
        DimeProcess.Run("export", "--model", _folder["m.zip"], "--output", _folder["detector.onnx"]).Succeeds();

        Assert.HasCount(4, exported.GetProperty("outputs").EnumerateArray().ToArray());
        using var network = new ImageSession(_folder["guarded.onnx"]);
        float[] distances = [.. scores.Texts("id").Select(path => network.Run(path, "dime_distance")[0])];
        foreach ((float one, float two) in scores.Numbers("distance").Zip(distances))
        {
            Assert.AreEqual(one, two, 1e-4 * one);
        }

        var restored = OnnxGraph.Load(_folder["detector.onnx"]).ToModelledEmbedding();
        Assert.AreEqual(32, restored.Dimension);

        DimeProcess.Run("export", "--model", _folder["m.zip"], "--fuse", _folder["guarded.onnx"], "--prefix", "dime", "--output", _folder["twice.onnx"])
            .Fails(3, "'dime_distance'", "--prefix");
        DimeProcess.Run("export", "--model", _folder["m.zip"], "--fuse", _folder["guarded.onnx"], "--output", _folder["twice.onnx"]).Succeeds();
        DimeProcess.Run("export", "--model", _folder["m.zip"], "--fuse", _folder["twice.onnx"], "--output", _folder["thrice.onnx"])
            .Fails(3, "twice.onnx", "'distance'", "--prefix");
        DimeProcess.Run("export", "--model", _folder["m.zip"], "--fuse", SampleData.Network, "--layer", "nope", "--output", _folder["x.onnx"])
            .Fails(3, "'nope'", "dime layers", "--layer");
        Assert.IsFalse(_folder.Names.Any(file => file is "thrice.onnx" or "x.onnx"));
    }

    private static void AssertSameEntries(string expected, string actual)
    {
        using ZipArchive one = ZipFile.OpenRead(expected);
        using ZipArchive two = ZipFile.OpenRead(actual);
        Assert.AreSequenceEqual(one.Entries.Select(entry => entry.FullName), two.Entries.Select(entry => entry.FullName));
        foreach ((ZipArchiveEntry first, ZipArchiveEntry second) in one.Entries.Zip(two.Entries))
        {
            Assert.IsTrue(BytesOf(first).AsSpan().SequenceEqual(BytesOf(second)), $"{first.FullName} differs.");
        }
    }

    private static byte[] BytesOf(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] TurnedRight(byte[] image)
    {
        using var stored = SKBitmap.Decode(image);
        using var turned = new SKBitmap(stored.Height, stored.Width);
        using (var canvas = new SKCanvas(turned))
        {
            canvas.Translate(turned.Width, 0);
            canvas.RotateDegrees(90);
            canvas.DrawBitmap(stored, 0, 0);
        }

        using SKData data = turned.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private sealed class Image
    {
        public string Path { get; set; } = "";
    }

    private sealed class Scored
    {
        public float DimeDistance { get; set; }
    }
}
