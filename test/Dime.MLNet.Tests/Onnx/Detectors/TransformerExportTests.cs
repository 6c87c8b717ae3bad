using Dime.MLNet.Tests.Detection.Ensembles;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Detectors;

[TestClass]
public sealed class TransformerExportTests
{
    [TestMethod]
    public void Transformer_is_exported_with_its_limit_and_the_distance_within_where_it_has_a_column_of_it()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(200));
        var options = new DimeOptions { Rank = 2, OutlierProbability = 0.7, PercentileCount = 30, WithinProbabilityColumnName = "Within" };
        DimeTransformer transformer = mlContext.Transforms.DetectOutOfDistribution(options).Fit(data);

        OnnxGraph graph = transformer.ToOnnx();

        OnnxDetectorInfo info = graph.Detectors.Single();
        Assert.AreEqual(0.7, info.OutlierProbability);
        Assert.AreEqual("within_probability", info.WithinProbabilityOutput);
        float[] rows = Embeddings.Flatten(Embeddings.Create(100, seed: 2));
        var run = DetectorRun.Of(graph, rows, Embeddings.Dimension);
        DetectorAssert.Agrees(transformer.Embedding, rows, run, info);
        DetectorAssert.AgreesWithin(transformer.Embedding, rows, run, info);
    }

    [TestMethod]
    public void Transformer_without_calibration_has_the_distance_only()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(50));

        OnnxGraph graph = mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(data).ToOnnx();

        Assert.AreEqual("distance", graph.Outputs.Single().Name);
        Assert.IsFalse(graph.Detectors.Single().IsCalibrated);
        Assert.IsNull(graph.Detectors.Single().ProbabilityOutput);
    }

    [TestMethod]
    public void Transformer_that_normalises_is_exported_so()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(200));
        DimeTransformer transformer = mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, NormalizeEmbeddings = true, PercentileCount = 30 }).Fit(data);

        OnnxGraph graph = transformer.ToOnnx();

        float[] rows = Embeddings.Flatten(Embeddings.Create(100, seed: 2));
        DetectorAssert.Agrees(transformer.Embedding, rows, DetectorRun.Of(graph, rows, Embeddings.Dimension), graph.Detectors.Single());
    }

    [TestMethod]
    public void Ensemble_is_exported_with_its_limit_and_what_its_columns_say()
    {
        var mlContext = new MLContext(seed: 1);
        EnsembleTransformer transformer = mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
        {
            Scores = TensorRow.Scores,
            LogitsColumnName = "Logits",
            OutlierProbability = 0.7,
            ScoreProbabilitiesColumnName = "ByScore",
        }).Fit(mlContext.Data.LoadFromEnumerable(TensorRow.Create(900, 1)));
        List<TensorRow> rows = TensorRow.Create(100, 3);
        rows[17].Late[4] = float.NaN;

        OnnxGraph graph = transformer.ToOnnx();

        OnnxDetectorInfo info = graph.Detectors.Single();
        Assert.AreEqual(0.7, info.OutlierProbability);
        var run = EnsembleRun.Of(transformer.Ensemble, graph.WithOutputs(EnsembleRun.Scores), TensorRow.Flatten(rows));
        run.ScoresAgree();
        run.VerdictAgrees(info);
        bool[] flags = [.. transformer.Transform(mlContext.Data.LoadFromEnumerable(rows)).GetColumn<bool>("IsOutOfDistribution")];
        Assert.IsTrue(flags[17]);
        Assert.IsLessThanOrEqualTo(1, flags.Zip(run["is_out_of_distribution"]).Count(pair => pair.First != (pair.Second == 1)));
    }
}
