using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Our ONNX stage against ML.NET's, and fused networks against bare ones and against pipelines.</summary>
internal sealed class OnnxComparisons : IDisposable
{
    private const string TensorName = "/l2/l2.1/Relu_1_output_0";
    private const int BatchRows = 64;
    private const int SessionPairs = 151;

    private static readonly string[] _monitored =
        ["/l1/l1.1/Relu_1_output_0", TensorName, "/l3/l3.1/Relu_1_output_0", "/ReduceMean_output_0", "logits"];

    private static readonly string[] _verdict = ["distance", "probability"];

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-");
    private readonly float[] _pixels = Images.RandomPixels(Shapes.ImageRows);

    public static IReadOnlyList<OnnxComparison> Measure()
    {
        using var comparisons = new OnnxComparisons();
        return
        [
            comparisons.Logits(),
            comparisons.PooledFeatures(),
            comparisons.ImageFilesToDistances(),
            comparisons.FusedSession(threads: 1),
            comparisons.FusedSession(threads: Environment.ProcessorCount),
            comparisons.FusedEnsemble(),
            comparisons.FusedPipeline(),
            comparisons.RuntimeAlone(),
        ];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private OnnxComparison Logits()
    {
        IDataView images = Cached();
        IDataView ours = Fit(_mlContext.Transforms.ExtractOnnxFeatures("logits", "image", Images.Network, "logits"), images);
        IDataView peer = Fit(_mlContext.Transforms.ApplyOnnxModel("logits", "image", Images.Network), images);
        return OnnxComparison.Measure(
            "`ExtractOnnxFeatures`: logits of pixels in memory",
            "`ApplyOnnxModel`",
            Shapes.ImageRows,
            () => DataViews.ReadVectors(ours, "logits"),
            () => DataViews.ReadVectors(peer, "logits"));
    }

    private OnnxComparison PooledFeatures()
    {
        IDataView images = Cached();
        IDataView ours = Fit(_mlContext.Transforms.ExtractOnnxFeatures("Features", "image", Images.Network, TensorName), images);
        IDataView peer = Fit(ApplyExposed("image"), images);
        return OnnxComparison.Measure(
            "`ExtractOnnxFeatures`: pooled features of pixels in memory",
            "`ApplyOnnxModel`, `GlobalAveragePool`",
            Shapes.ImageRows,
            () => DataViews.ReadVectors(ours, "Features"),
            () => DataViews.ReadVectors(peer, "Features"));
    }

    private OnnxComparison ImageFilesToDistances()
    {
        ImagePath[] files = Images.Unpack(_folder.CreateSubdirectory("images").FullName);
        IDataView paths = _mlContext.Data.LoadFromEnumerable(files);
        DimeEstimator detector = _mlContext.Transforms.DetectOutOfDistribution();
        IDataView ours = Fit(Pixels("pixels").Append(_mlContext.Transforms.ExtractOnnxFeatures("Features", "pixels", Images.Network, TensorName)).Append(detector), paths);
        IDataView peer = Fit(Pixels("image").Append(ApplyExposed("image")).Append(detector), paths);
        return OnnxComparison.Measure(
            "JPEG files to distances, with `ExtractOnnxFeatures`",
            "with `ApplyOnnxModel`",
            files.Length,
            () => DataViews.ReadNumbers(ours, "DimeDistance"),
            () => DataViews.ReadNumbers(peer, "DimeDistance"));
    }

    private OnnxComparison FusedSession(int threads) => Sessions(
        $"fused network in ONNX Runtime, {threads} {(threads == 1 ? "thread" : "threads")}: logits and verdict",
        Fused(),
        ["logits", .. _verdict, "is_out_of_distribution"],
        threads);

    private OnnxComparison FusedEnsemble() => Sessions(
        "network with a fused ensemble in ONNX Runtime, 1 thread: logits, verdict and scores",
        FusedWithEnsemble(),
        ["logits", .. _verdict, "is_out_of_distribution", "score_probabilities"],
        threads: 1);

    private static OnnxComparison Sessions(string work, string fusedFile, string[] outputs, int threads)
    {
        // Without spinning: two sessions at a time would keep each other's second thread from its core.
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var bare = new InferenceSession(Images.Network, options);
        using var fused = new InferenceSession(fusedFile, options);
        float[] batch = Images.RandomPixels(BatchRows);
        using var input = OrtValue.CreateTensorValueFromMemory(batch, [BatchRows, 3, Images.Size, Images.Size]);
        return OnnxComparison.Measure(
            work, "the bare network, logits", BatchRows, () => Run(fused, input, outputs), () => Run(bare, input, ["logits"]), SessionPairs);
    }

    private OnnxComparison FusedPipeline()
    {
        IDataView images = Cached();
        IDataView ours = Fit(_mlContext.Transforms.ApplyOnnxModel(["logits", .. _verdict], ["image"], Fused()), images);
        IDataView peer = Fit(
            _mlContext.Transforms.ApplyOnnxModel([TensorName, "logits"], ["image"], Exposed())
                .Append(_mlContext.Transforms.GlobalAveragePool("Features", TensorName))
                .Append(_mlContext.Transforms.DetectOutOfDistribution()),
            images);
        return OnnxComparison.Measure(
            "fused network in ML.NET: logits, distance and probability",
            "the same network, then `GlobalAveragePool` and DIME",
            Shapes.ImageRows,
            () => DataViews.ReadAll(ours, ["logits", .. _verdict]),
            () => DataViews.ReadAll(peer, ["logits", "DimeDistance", "DimeProbability"]));
    }

    private OnnxComparison RuntimeAlone()
    {
        IDataView ours = Fit(_mlContext.Transforms.ExtractOnnxFeatures("logits", "image", Images.Network, "logits"), Cached());
        using var session = new InferenceSession(Images.Network);
        return OnnxComparison.Measure(
            "`ExtractOnnxFeatures`: logits of pixels in memory",
            $"ONNX Runtime alone, in batches of {BatchRows}",
            Shapes.ImageRows,
            () => DataViews.ReadVectors(ours, "logits"),
            () => RunBatches(session));
    }

    private void RunBatches(InferenceSession session)
    {
        int rowLength = _pixels.Length / Shapes.ImageRows;
        for (int first = 0; first < Shapes.ImageRows; first += BatchRows)
        {
            int count = Math.Min(BatchRows, Shapes.ImageRows - first);
            using var batch = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _pixels.AsMemory(first * rowLength, count * rowLength), [count, 3, Images.Size, Images.Size]);
            Run(session, batch, ["logits"]);
        }
    }

    private static void Run(InferenceSession session, OrtValue input, string[] outputs)
    {
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["image"], [input], outputs);
    }

    private static IDataView Fit(IEstimator<ITransformer> estimator, IDataView data) => estimator.Fit(data).Transform(data);

    private IDataView Cached()
    {
        IDataView cached = _mlContext.Data.Cache(_mlContext.Data.LoadFromEnumerable(Images.Rows(_pixels)));
        DataViews.ReadVectors(cached, "image");
        return cached;
    }

    private EstimatorChain<GlobalAveragePoolingTransformer> ApplyExposed(string inputColumnName) =>
        _mlContext.Transforms.ApplyOnnxModel([TensorName], [inputColumnName], Exposed())
            .Append(_mlContext.Transforms.GlobalAveragePool("Features", TensorName));

    private EstimatorChain<Microsoft.ML.Transforms.Image.ImagePixelExtractingTransformer> Pixels(string outputColumnName) =>
        _mlContext.Transforms.LoadImages("picture", imageFolder: null, nameof(ImagePath.Path))
            .Append(_mlContext.Transforms.ResizeImages("picture", Images.Size, Images.Size))
            .Append(_mlContext.Transforms.ExtractPixels(outputColumnName, "picture"));

    private string Exposed() => Saved("exposed.onnx", () => OnnxGraph.Load(Images.Network).WithOutputs(TensorName));

    private string Fused() => Saved("fused.onnx", () =>
    {
        IDataView images = Cached();
        DimeTransformer detector = _mlContext.Transforms.DetectOutOfDistribution()
            .Fit(Fit(_mlContext.Transforms.ExtractOnnxFeatures("Features", "image", Images.Network, TensorName), images));
        return OnnxGraph.Load(Images.Network).Fuse(detector.ToOnnx(), TensorName);
    });

    private string FusedWithEnsemble() => Saved("ensemble.onnx", () =>
    {
        string[] columns = ["early", "middle", "late", "last", "logits"];
        IDataView features = Fit(
            _mlContext.Transforms.ExtractOnnxFeatures(
                new OnnxFeatureOptions { ModelFile = Images.Network, InputColumnNames = ["image"], TensorNames = _monitored, OutputColumnNames = columns }),
            Cached());
        float[][][] values = [.. columns.Select(column => features.GetColumn<float[]>(column).ToArray())];
        float[] rows = [.. Enumerable.Range(0, Shapes.ImageRows).SelectMany(row => values.SelectMany(column => column[row]))];
        var layout = new EmbeddingLayout([.. columns.Zip(values, (column, all) => (column, all[0].Length))]);
        var sums = new EnsembleAccumulator(
            layout,
            [
                OutOfDistributionScore.ClassMahalanobis("early", 0.5),
                OutOfDistributionScore.ClassMahalanobis("middle", 0.5),
                OutOfDistributionScore.ClassMahalanobis("late", 0.5),
                OutOfDistributionScore.RelativeMahalanobis("last", normalize: true),
                OutOfDistributionScore.Energy("logits"),
            ]);

        // The images are random, and so are their classes.
        sums.Add(rows, [.. Enumerable.Range(0, Shapes.ImageRows).Select(row => sums.ClassNumber($"class {row % 10}"))]);
        return OnnxGraph.Load(Images.Network).Fuse(sums.Fit().Calibrate(rows).ToOnnx(), _monitored);
    });

    private string Saved(string name, Func<OnnxGraph> make)
    {
        string path = Path.Combine(_folder.FullName, name);
        if (!File.Exists(path))
        {
            make().Save(path);
        }

        return path;
    }
}
