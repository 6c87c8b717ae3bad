using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Embeddings so small that single precision has no normal numbers for them: tiny, but finite.</summary>
[TestClass]
public sealed class SubnormalRowsTests
{
    [TestMethod]
    public void Subnormal_embeddings_are_fitted_and_measured()
    {
        var random = new Random(1);
        Tiny[] rows = [.. Enumerable.Range(0, 300).Select(_ => new Tiny { Features = [.. Enumerable.Range(0, 4).Select(i => (float)(1e-40 * (random.NextDouble() + i)))] })];
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(rows);

        DimeTransformer model = mlContext.Transforms.DetectOutOfDistribution("Features", rank: 2).Fit(data);

        Assert.IsTrue(model.Embedding.IsCalibrated);
        float[] distances = [.. model.Transform(data).GetColumn<float>("DimeDistance")];
        Assert.IsTrue(distances.All(distance => float.IsFinite(distance) && distance < 1e-39f), $"{distances.Max()}");
    }

    private sealed class Tiny
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }
}
