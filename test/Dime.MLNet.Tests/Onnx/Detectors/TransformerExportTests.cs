using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

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
}
