using System.IO.Compression;
using Dime.MLNet.SecondProcess;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Pipelines whose images come from memory, as uploads do: fitted, saved, loaded and scored with.</summary>
[TestClass]
public sealed class MemoryImageTests
{
    private static readonly string[] _columns = ["DimeDistance", "DimeProbability", "IsOutOfDistribution"];

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly Dictionary<string, byte[]> _files = [];

    public MemoryImageTests()
    {
        using ZipArchive archive = ZipFile.OpenRead(ProjectFiles.SampleImages);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.FullName.EndsWith(".jpg", StringComparison.Ordinal)))
        {
            using Stream stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            _files.Add(entry.FullName, copy.ToArray());
        }
    }

    [TestMethod]
    public void Images_alone_are_fitted_saved_loaded_and_scored_as_files_are()
    {
        // Decoded as they are read: ML.NET disposes an image that has the size of the network already.
        IDataView train = _mlContext.Data.LoadFromEnumerable(Of("train").Take(200).Select(Decode));
        using TransformerChain<DimeTransformer> model = Pipeline().Fit(train);
        DimeTransformer reference = _mlContext.Transforms.DetectOutOfDistribution()
            .Fit(_mlContext.Data.LoadFromEnumerable(Of("train").Take(200).Select(name => new Feature { Features = SampleFeatures.Of(name, layer: 0) })));
        string[] fresh = [.. Of("ood-mnist").Take(20)];
        float[] expected = reference.Embedding.DistanceToHyperplane([.. fresh.SelectMany(name => SampleFeatures.Of(name, layer: 0))]);

        // ML.NET can write no column of a schema of images, and null is its word for no schema.
        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, inputSchema: null, stream);
        stream.Position = 0;
        var mlContext = new MLContext();
        ITransformer loaded = mlContext.Model.Load(stream, out DataViewSchema? schema);

        Assert.IsNull(schema);
        float[] batch = [.. loaded.Transform(mlContext.Data.LoadFromEnumerable(fresh.Select(Decode))).GetColumn<float>("DimeDistance")];
        CollectionAssert.AreEqual(Embeddings.BitsOf(expected), Embeddings.BitsOf(batch));
        using PredictionEngine<Upload, ScoredRow> engine = mlContext.Model.CreatePredictionEngine<Upload, ScoredRow>(loaded);
        for (int i = 0; i < fresh.Length; i++)
        {
            Assert.AreEqual(expected[i], engine.Predict(Decode(fresh[i])).DimeDistance, 1e-4 * expected[i]);
        }
    }

    [TestMethod]
    public void Encoded_images_save_a_schema_and_score_the_same_in_a_new_process()
    {
        IDataView train = Encoded(Of("train").Take(200)), fresh = Encoded(Of("ood-mnist").Take(10));
        using TransformerChain<DimeTransformer> model = Pipeline().Fit(train);

        NewProcessReport report = NewProcess.Score(_mlContext, model, fresh, _columns);

        CollectionAssert.AreEqual(new[] { "File Vector<Byte>" }, report.InputSchema);
        IDataView scored = model.Transform(fresh);
        CollectionAssert.AreEqual(Embeddings.BitsOf(scored).Select(bits => bits.ToString("X8", null)).ToArray(), report.Batch("DimeDistance"));
        CollectionAssert.AreEqual(Embeddings.BitsOf(scored, "DimeProbability").Select(bits => bits.ToString("X8", null)).ToArray(), report.Batch("DimeProbability"));
        Assert.HasCount(10, report.Batch("DimeDistance").Distinct().ToArray());
        float[] expected = [.. scored.GetColumn<float>("DimeDistance")];
        float[] engine = [.. report.Engine.Select(bits => BitConverter.UInt32BitsToSingle(Convert.ToUInt32(bits, 16)))];
        Assert.HasCount(10, engine);
        for (int i = 0; i < engine.Length; i++)
        {
            Assert.AreEqual(expected[i], engine[i], 1e-4 * expected[i]);
        }
    }

    [TestMethod]
    public void Encoded_images_can_be_read_any_number_of_times()
    {
        IDataView train = Encoded(Of("train").Take(120)), other = Encoded(Of("test").Take(100));
        using TransformerChain<DimeTransformer> model = Pipeline().Fit(train);

        using var calibrated = (TransformerChain<DimeTransformer>)((ITransformer)model).Calibrate(other);
        double[] sorted = [.. model.Transform(other).GetColumn<float>("DimeDistance").Select(distance => (double)distance).Order()];

        float[] percentiles = calibrated.LastTransformer.Embedding.DistancePercentiles.ToArray();
        Assert.AreEqual(sorted[0], percentiles[0]);
        Assert.AreEqual(sorted[^1], percentiles[^1]);
        CollectionAssert.AreEqual(Embeddings.BitsOf(model.Transform(train)), Embeddings.BitsOf(calibrated.Transform(train)));
    }

    [TestMethod]
    public void Uploads_of_any_size_are_resized()
    {
        using TransformerChain<DimeTransformer> model = Pipeline().Fit(Encoded(Of("train").Take(120)));
        using PredictionEngine<Upload, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<Upload, ScoredRow>(model);

        // Every pixel four times: what resizing takes back to the image it was.
        using MLImage small = Decode(Of("test").First()).Image!;
        var large = new Upload { Image = Enlarged(small) };

        Assert.AreEqual(64, large.Image.Width);
        float distance = engine.Predict(large).DimeDistance;
        float expected = model.Transform(Encoded(Of("test").Take(1))).GetColumn<float>("DimeDistance").Single();
        Assert.AreEqual(expected, distance, 0.05 * expected);
        Assert.AreEqual(64, large.Image.Width, "The upload is still its owner's.");
    }

    [TestMethod]
    public void A_pipeline_fitted_to_paths_scores_streams_without_its_first_stage()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dime-");
        try
        {
            FileRow[] files = [.. Of("train").Take(150).Concat(Of("ood-mnist").Take(70)).Select((name, i) => new FileRow { Path = Path.Combine(folder.FullName, $"{i}.jpg"), Name = name })];
            Array.ForEach(files, file => File.WriteAllBytes(file.Path, _files[file.Name]));
            IDataView ofPaths = _mlContext.Data.LoadFromEnumerable(files);
            using TransformerChain<DimeTransformer> model = _mlContext.Transforms.LoadImages(nameof(Upload.Image), imageFolder: null, nameof(FileRow.Path))
                .Append(_mlContext.Transforms.ResizeImages("resized", 32, 32, nameof(Upload.Image)))
                .Append(_mlContext.Transforms.ExtractPixels("pixels", "resized"))
                .Append(_mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", ProjectFiles.SampleNetwork, SampleFeatures.Tensors[0]))
                .Append(_mlContext.Transforms.DetectOutOfDistribution("Features"))
                .Fit(ofPaths);
            uint[] expected = Embeddings.BitsOf(model.Transform(ofPaths));

            var afterLoading = new TransformerChain<ITransformer>([.. model.Skip(1)]);
            uint[] scored = Embeddings.BitsOf(afterLoading.Transform(_mlContext.Data.LoadFromEnumerable(files.Select(file => Decode(file.Name)))));

            CollectionAssert.AreEqual(expected, scored);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static MLImage Enlarged(MLImage image)
    {
        ReadOnlySpan<byte> from = image.Pixels;
        byte[] to = new byte[4 * from.Length];
        for (int y = 0; y < 2 * image.Height; y++)
        {
            for (int x = 0; x < 2 * image.Width; x++)
            {
                from.Slice(4 * ((y / 2 * image.Width) + (x / 2)), 4).CopyTo(to.AsSpan(4 * ((y * 2 * image.Width) + x)));
            }
        }

        return MLImage.CreateFromPixels(2 * image.Width, 2 * image.Height, image.PixelFormat, to);
    }

    private IEnumerable<string> Of(string set) => _files.Keys.Where(name => name.StartsWith(set + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private Upload Decode(string name) => new() { Image = MLImage.CreateFromStream(new MemoryStream(_files[name])) };

    private IDataView Encoded(IEnumerable<string> names) =>
        _mlContext.Data.LoadFromEnumerable(names.Select(name => new EncodedImage { File = _files[name] }).ToList());

    private EstimatorChain<DimeTransformer> Pipeline() => _mlContext.Transforms.ResizeImages("resized", 32, 32, nameof(Upload.Image))
        .Append(_mlContext.Transforms.ExtractPixels("pixels", "resized"))
        .Append(_mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", ProjectFiles.SampleNetwork, SampleFeatures.Tensors[0]))
        .Append(_mlContext.Transforms.DetectOutOfDistribution("Features"));

    private sealed class Upload
    {
        [ImageType(32, 32)]
        public MLImage? Image { get; set; }
    }

    private sealed class FileRow
    {
        public string Path { get; set; } = "";

        public string Name { get; set; } = "";
    }

    private sealed class Feature
    {
        [VectorType(32)]
        public float[] Features { get; set; } = [];
    }
}
