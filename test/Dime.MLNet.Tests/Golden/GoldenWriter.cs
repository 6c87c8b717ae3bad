using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Detection.Ensembles;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Dime.MLNet.Tests.Onnx;
using Dime.MLNet.Tests.Onnx.Detectors;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Golden;

/// <summary>Writes a file of each kind that the library can write, with what went into it and what came out.</summary>
internal sealed class GoldenWriter(GoldenFolder folder)
{
    private const int Layer = 1;

    private static readonly string[] _images =
    [
        "ood-cifar100/apple/apple_s_000023.jpg",
        "ood-mnist/000002-num1.jpg",
        "ood-mnist/000020-num9.jpg",
        "test/airplane/0027.jpg",
        "test/truck/0910.jpg",
        "train/airplane/0018.jpg",
    ];

    private readonly MLContext _mlContext = new(seed: 1);

    public void Write()
    {
        Directory.CreateDirectory(folder.Path);
        WriteImagePipeline("pipeline-images.zip");
        DimeTransformer detector = WriteEmbeddingPipeline("pipeline-embeddings.zip");
        WriteUncalibratedPipeline("pipeline-uncalibrated.zip");
        WritePoolingPipeline("pipeline-pooling.zip");
        WriteSums("accumulator.sums", int.MaxValue);
        WriteSums("accumulator-rows.sums", 20);
        WriteDimeParts("rows.part", 20);
        WriteDimeParts("sums.part", 400);
        WriteEnsembleParts("ensemble.part");
        WriteEmbedding("model.embedding", detector.Embedding);
        WriteEnsemble("model.ensemble", WriteEnsemblePipeline("pipeline-ensemble.zip"));
        WriteGraph("detector.onnx", detector.ToOnnx(), [detector.Embedding.Dimension], SampleRows, _ => SampleRows);
        WriteFusedNetwork("fused.onnx");
    }

    /// <summary>Embeddings of images that were and were not trained on, and rows as no network should give them.</summary>
    private static float[] SampleRows
    {
        get
        {
            float[][] rows = [.. _images.Select(image => SampleFeatures.Of(image, Layer))];
            float[] notANumber = [.. rows[^1][1..], float.NaN];
            float[] infinite = [float.NegativeInfinity, .. rows[^1][1..]];
            return [.. rows.SelectMany(row => row), .. new float[rows[0].Length], .. notANumber, .. infinite];
        }
    }

    // Two tensors in one inference, of which one is measured.
    private void WriteImagePipeline(string name) => SampleFeatures.WithImages("", images =>
    {
        folder.Add(images.Where(image => _images.Contains(image.Name)));
        IDataView train = _mlContext.Data.LoadFromEnumerable(
            images.Where(image => image.Name.StartsWith("train/", StringComparison.Ordinal)).Where((_, i) => i % 5 == 0));
        using TransformerChain<DimeTransformer> model = SampleFeatures.Pixels(_mlContext)
            .Append(_mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
            {
                ModelFile = ProjectFiles.SampleNetwork,
                InputColumnNames = ["pixels"],
                TensorNames = ["/l1/l1.1/Relu_1_output_0", SampleFeatures.Tensors[0]],
                OutputColumnNames = ["Early", "Features"],
                BatchSize = 4,
            }))
            .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { PercentileCount = 500 }))
            .Fit(train);

        _mlContext.Model.Save(model, train.Schema, folder[name]);
        IDataView scored = model.Transform(GoldenRows.Images(_mlContext, folder));
        string[] columns = ["Early", "Features", "DimeDistance", "DimeProbability", "IsOutOfDistribution"];
        new GoldenPipeline(
            nameof(SampleImage.Path),
            Dimensions: null,
            Vectors: null,
            columns.ToDictionary(column => column, column => GoldenRows.Read(scored, column)),
            model.LastTransformer.OutlierProbability,
            GoldenModel.Of(model.LastTransformer.Embedding)).Write(folder[name]);
        return 0;
    });

    // Whatever the network suggests, and which score objected.
    private ModelledEnsemble WriteEnsemblePipeline(string name) => SampleFeatures.WithImages("train/", images =>
    {
        IDataView train = _mlContext.Data.LoadFromEnumerable(images.Where((_, i) => i % 5 == 0));
        using TransformerChain<TransformerChain<EnsembleTransformer>> model = SampleFeatures.Pixels(_mlContext)
            .Append(_mlContext.Transforms.MonitorNetwork(
                ProjectFiles.SampleNetwork, "pixels", new EnsembleOptions { PercentileCount = 200, OutlierProbability = 0.9, ScoreProbabilitiesColumnName = "ByScore" }))
            .Fit(train);
        EnsembleTransformer detector = model.LastTransformer.LastTransformer;

        _mlContext.Model.Save(model, train.Schema, folder[name]);
        IDataView scored = model.Transform(GoldenRows.Images(_mlContext, folder));
        string[] columns = ["DimeDistance", "DimeProbability", "IsOutOfDistribution", "ByScore"];
        new GoldenPipeline(
            nameof(SampleImage.Path),
            Dimensions: null,
            Vectors: null,
            columns.ToDictionary(column => column, column => GoldenRows.Read(scored, column)),
            detector.OutlierProbability,
            Model: null,
            GoldenEnsembleModel.Of(detector.Ensemble)).Write(folder[name]);
        return detector.Ensemble;
    });

    private void WriteEnsemble(string name, ModelledEnsemble model)
    {
        using (FileStream stream = File.Create(folder[name]))
        {
            model.Save(stream);
        }

        GoldenEnsemble.Of(model, Modelling.Embeddings.Gaussian(5, model.Layout.Width, seed: 3)).Write(folder[name]);
    }

    private DimeTransformer WriteEmbeddingPipeline(string name)
    {
        IDataView train = SampleFeatures.Load(_mlContext, "train", Layer);
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions
        {
            DistanceColumnName = "Distance",
            ProbabilityColumnName = "Probability",
            OutlierColumnName = "fremd – 外",
            WithinDistanceColumnName = "WithinDistance",
            WithinProbabilityColumnName = "WithinProbability",
            ExplainedVarianceThreshold = 0.98,
            PercentileCount = 200,
            OutlierProbability = 0.9,
        }).Fit(train);

        string[] columns = ["Distance", "Probability", "fremd – 外", "WithinDistance", "WithinProbability"];
        WriteVectorPipeline(name, model, model, train, "Features", [model.Embedding.Dimension], SampleRows, columns);
        return model;
    }

    // What it says of probabilities without a calibration is not compared: a version may find a better answer.
    private void WriteUncalibratedPipeline(string name)
    {
        IDataView train = _mlContext.Data.LoadFromEnumerable(Fixtures.Embeddings.Create(100));
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions
        {
            Rank = 2,
            Calibration = Calibration.None,
            ExampleWeightColumnName = nameof(EmbeddingRow.Weight),
            WithinDistanceColumnName = "DimeWithinDistance",
        }).Fit(train);

        float[] rows = Fixtures.Embeddings.Flatten(Fixtures.Embeddings.Create(5, seed: 2));
        WriteVectorPipeline(
            name, model, model, train, "Features", [Fixtures.Embeddings.Dimension], rows, ["DimeDistance", "DimeWithinDistance"]);
    }

    private void WritePoolingPipeline(string name)
    {
        int[] map = [1, 6, 3, 3];
        IDataView train = GoldenRows.Vectors(_mlContext, "Map", map, Modelling.Embeddings.Features(300, 54, seed: 1));
        TransformerChain<DimeTransformer> model = _mlContext.Transforms.GlobalAveragePool("Pooled", "Map")
            .Append(_mlContext.Transforms.DetectOutOfDistribution(new DimeOptions
            {
                InputColumnName = "Pooled",
                Rank = 3,
                PercentileCount = 50,
                Calibration = Calibration.TrainingSet,
            }))
            .Fit(train);

        string[] columns = ["Pooled", "DimeDistance", "DimeProbability", "IsOutOfDistribution"];
        WriteVectorPipeline(
            name, model, model.LastTransformer, train, "Map", map, Modelling.Embeddings.Features(5, 54, seed: 2), columns);
    }

    private void WriteVectorPipeline(
        string name, ITransformer model, DimeTransformer detector, IDataView train, string inputColumn, int[] dimensions, float[] vectors, string[] columns)
    {
        _mlContext.Model.Save(model, train.Schema, folder[name]);
        IDataView scored = model.Transform(GoldenRows.Vectors(_mlContext, inputColumn, dimensions, vectors));
        new GoldenPipeline(
            inputColumn,
            dimensions,
            vectors,
            columns.ToDictionary(column => column, column => GoldenRows.Read(scored, column)),
            detector.OutlierProbability,
            GoldenModel.Of(detector.Embedding)).Write(folder[name]);
    }

    // Rows with and without weights, two of them skipped; kept as rows where they are few.
    private void WriteSums(string name, int trainRows)
    {
        const int Rank = 5;
        float[] train = [.. SampleFeatures.Load(_mlContext, "train", Layer).GetColumn<float[]>("Features").Take(trainRows).SelectMany(row => row)];
        float[] rows = SampleRows;
        int dimension = SampleFeatures.Of(_images[0], Layer).Length;
        var sums = new EmbeddingAccumulator(dimension);
        sums.Add(train);
        sums.Add(rows, [.. Enumerable.Range(0, rows.Length / dimension).Select(i => 0.5f * (i + 1))]);

        using (FileStream stream = File.Create(folder[name]))
        {
            sums.Save(stream);
        }

        ModelledEmbedding model = sums.Fit(rank: Rank);
        new GoldenSums(
            sums.Count,
            sums.SkippedCount,
            sums.TotalWeight,
            sums.Moment.Sum.ToArray(),
            SameModels.MatrixOf(sums),
            [.. model.ExplainedVariance],
            rows,
            model.DistanceToHyperplane(rows),
            model.DistanceWithinHyperplane(rows)).Write(folder[name]);
    }

    // A part, or two of them merged, with weights, held-out rows and those that a merge pushes out; kept as rows where they are few.
    private void WriteDimeParts(string name, int count)
    {
        var estimator = new DimeEstimator(_mlContext, new DimeOptions
        {
            Rank = 4,
            NormalizeEmbeddings = true,
            ExampleWeightColumnName = nameof(TensorRow.Weight),
            InputColumnName = nameof(TensorRow.Early),
            PercentileCount = 20,
            Calibration = Calibration.HeldOut(0.4, 30),
        });
        var properties = new Dictionary<string, string> { ["network"] = "fremd – 外" };
        DimeSums first = estimator.Accumulate(
            _mlContext.Data.LoadFromEnumerable(TensorRow.Create(count, seed: 1)), new AccumulationOptions { Source = "part-1", Properties = properties });
        DimeSums second = estimator.Accumulate(
            _mlContext.Data.LoadFromEnumerable(TensorRow.Create(count, seed: 2)), new AccumulationOptions { Source = "part-2", Properties = properties });
        WritePart(name, count > 100 ? DetectorSums.Merge([first, second]) : first, [.. TensorRow.Create(5, seed: 3).SelectMany(row => row.Early)]);
    }

    private void WriteEnsembleParts(string name)
    {
        var estimator = new EnsembleEstimator(_mlContext, new EnsembleOptions
        {
            Scores = TensorRow.Scores,
            ClassColumnName = nameof(TensorRow.Text),
            PercentileCount = 20,
            Calibration = Calibration.HeldOut(0.4, 30),
        });
        EnsembleSums[] parts =
        [
            .. Enumerable.Range(1, 2).Select(part => estimator.Accumulate(
                _mlContext.Data.LoadFromEnumerable(TensorRow.Create(300, part)), new AccumulationOptions { Source = $"part-{part}" })),
        ];
        WritePart(name, DetectorSums.Merge(parts), TensorRow.Flatten(TensorRow.Create(5, seed: 3)));
    }

    private void WritePart(string name, DetectorSums sums, float[] rows)
    {
        sums.Save(folder[name]);
        GoldenPart.Of(sums, rows, GoldenPart.Fit(sums)).Write(folder[name]);
    }

    private void WriteEmbedding(string name, ModelledEmbedding model)
    {
        using (FileStream stream = File.Create(folder[name]))
        {
            model.Save(stream);
        }

        GoldenEmbedding.Of(model, SampleRows).Write(folder[name]);
    }

    // A detector at a feature map, which the graph pools, and one that is not calibrated at the vector behind it.
    private void WriteFusedNetwork(string name)
    {
        OnnxGraph network = PoolingNetwork();
        float[] pixels = Inference.Pixels(200 * 8);
        float[] embeddings = DetectorRun.Of(network.WithOutputs("vector"), pixels, 2, 2, 2)["vector"];
        var model = ModelledEmbedding.Fit(embeddings, 6, rank: 2);
        OnnxGraph fused = network
            .Fuse(model.Calibrate(embeddings, percentileCount: 50).ToOnnx(outlierProbability: 0.9, includeWithin: true), "map", "early")
            .Fuse(model.ToOnnx(), "vector");

        WriteGraph(name, fused, [2, 2, 2], Inference.Pixels(5 * 8, seed: 8), rows => DetectorRun.Of(network.WithOutputs("vector"), rows, 2, 2, 2)["vector"]);
    }

    private void WriteGraph(string name, OnnxGraph graph, int[] dimensions, float[] rows, Func<float[], float[]> embed)
    {
        graph.Save(folder[name]);
        var run = DetectorRun.Of(graph, rows, [.. dimensions.Select(size => (long)size)]);
        float[] embeddings = embed(rows);
        new GoldenGraph(
            dimensions,
            rows,
            run.Outputs.ToDictionary(output => output, output => run[output]),
            [.. graph.Detectors.Select(info => GoldenDetector.Of(graph, info, embeddings))]).Write(folder[name]);
    }

    /// <summary>x [N, 2, 2, 2] → Conv → Relu → "map" [N, 6, 2, 2] → mean → Flatten → "vector" [N, 6] → MatMul → y [N, 2].</summary>
    private static OnnxGraph PoolingNetwork()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, null, 2, 2, 2);
        model.Graph.Initializer.Clear();
        model.Graph.Initializer.Add(TinyNetwork.Tensor("kernel", [6, 2, 1, 1], 1, -2, 3, 4, -1, 1, 0.5f, 2, 1, -1, 2, 0.25f));
        model.Graph.Initializer.Add(TinyNetwork.Tensor("w", [6, 2], [.. Enumerable.Range(1, 12)]));
        model.Graph.Node.Clear();
        model.Graph.Node.Add(TinyNetwork.Node("Conv", ["x", "kernel"], "convolved"));
        model.Graph.Node.Add(TinyNetwork.Node("Relu", ["convolved"], "map"));
        model.Graph.Node.Add(TinyNetwork.Node("GlobalAveragePool", ["map"], "means"));
        model.Graph.Node.Add(TinyNetwork.Node("Flatten", ["means"], "vector"));
        model.Graph.Node.Add(TinyNetwork.Node("MatMul", ["vector", "w"], "y"));
        return OnnxGraph.Load(new MemoryStream(model.ToByteArray()));
    }
}
