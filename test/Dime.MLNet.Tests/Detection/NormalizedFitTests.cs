using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Embeddings that are scaled to length 1 before all else.</summary>
[TestClass]
public sealed class NormalizedFitTests
{
    private static readonly DimeOptions _options = new() { Rank = 2, NormalizeEmbeddings = true };

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Distances_are_those_of_rows_scaled_by_hand()
    {
        IDataView calibration = Load(Embeddings.Create(100, seed: 2));
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(_options).Fit(Load(Embeddings.Create(300)), calibration);
        DimeTransformer byHand = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2 })
            .Fit(Load(Scaled(Embeddings.Create(300))), Load(Scaled(Embeddings.Create(100, seed: 2))));
        List<EmbeddingRow> rows = Embeddings.Create(50, seed: 3);

        float[] expected = [.. byHand.Transform(Load(Scaled(rows))).GetColumn<float>("DimeDistance")];
        float[] actual = [.. model.Transform(Load(rows)).GetColumn<float>("DimeDistance")];

        Assert.IsTrue(model.Embedding.Normalizes);
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-5);
        }
    }

    [TestMethod]
    public void Zip_keeps_it_together_with_spectrum_and_calibration_rows()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(_options).Fit(Load(Embeddings.Create(300)));
        DimeTransformer loaded = ModelZip.Save(_mlContext, model, Load([]).Schema).Load();

        Assert.IsTrue(loaded.Embedding.Normalizes);
        Assert.IsGreaterThan(40, loaded.CalibrationRowCount);
        Assert.AreEqual(model.CalibrationRowCount, loaded.CalibrationRowCount);
        CollectionAssert.AreEqual(model.Embedding.Spectrum!.ToArray(), loaded.Embedding.Spectrum!.ToArray());
        IDataView rows = Load(Embeddings.Create(50, seed: 3));
        CollectionAssert.AreEqual(Embeddings.BitsOf(model.Transform(rows)), Embeddings.BitsOf(loaded.Transform(rows)));
    }

    [TestMethod]
    public void Fitted_embedding_decides_by_itself()
    {
        var embedding = ModelledEmbedding.Fit(Embeddings.Flatten(Embeddings.Create(100)), Embeddings.Dimension, rank: 2);

        Assert.Contains(
            "NormalizeEmbeddings", Assert.ThrowsExactly<ArgumentException>(() => new DimeTransformer(_mlContext, embedding, new DimeOptions { NormalizeEmbeddings = true })).Message);
    }

    private static IEnumerable<EmbeddingRow> Scaled(IEnumerable<EmbeddingRow> rows) => rows.Select(row =>
    {
        double norm = Math.Sqrt(row.Features.Sum(x => (double)x * x));
        return new EmbeddingRow { Number = row.Number, Weight = row.Weight, Features = Array.ConvertAll(row.Features, x => (float)(x / norm)) };
    });

    private IDataView Load(IEnumerable<EmbeddingRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);
}
