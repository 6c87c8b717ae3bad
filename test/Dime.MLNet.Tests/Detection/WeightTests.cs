using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection;

[TestClass]
public sealed class WeightTests
{
    private static readonly DimeOptions _weighted = new()
    {
        Rank = 2,
        ExampleWeightColumnName = "Weight",
        WithinDistanceColumnName = "WD",
        Calibration = Calibration.None,
    };

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Weight_is_how_often_a_row_counts()
    {
        List<EmbeddingRow> rows = Embeddings.Create(90);
        foreach (EmbeddingRow row in rows)
        {
            row.Weight = row.Number % 4;
        }

        ModelledEmbedding weighted = Fit(rows);
        var repeated = ModelledEmbedding.Fit(
            Embeddings.Flatten(rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight))), Embeddings.Dimension, rank: 2);

        Assert.AreEqual(repeated.ExplainedVariance[0], weighted.ExplainedVariance[0], 1e-12);
        Assert.AreEqual(repeated.ExplainedVariance[1], weighted.ExplainedVariance[1], 1e-12);
        float[] all = Embeddings.Flatten(rows);
        float[] expected = repeated.DistanceWithinHyperplane(all), actual = weighted.DistanceWithinHyperplane(all);
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-4 * expected[i] + 1e-5);
        }
    }

    [TestMethod]
    public void Weights_change_the_model()
    {
        List<EmbeddingRow> rows = Embeddings.Create(90);

        Assert.AreNotEqual(ModelledEmbedding.Fit(Embeddings.Flatten(rows), Embeddings.Dimension, rank: 2).ExplainedVariance[1], Fit(rows).ExplainedVariance[1]);
    }

    [TestMethod]
    public void Calibration_counts_every_row_once()
    {
        List<EmbeddingRow> rows = Embeddings.Create(90);
        var options = new DimeOptions { Rank = 2, ExampleWeightColumnName = "Weight", PercentileCount = 90, Calibration = Calibration.TrainingSet };

        ModelledEmbedding model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_mlContext.Data.LoadFromEnumerable(rows)).Embedding;

        // As many percentiles as rows: each is one of the distances.
        float[] distances = model.DistanceToHyperplane(Embeddings.Flatten(rows));
        Array.Sort(distances);
        CollectionAssert.AreEqual(distances, model.Distances!.Percentiles.ToArray());
    }

    [TestMethod]
    public void All_weights_zero_is_an_error_that_names_the_column()
    {
        List<EmbeddingRow> rows = Embeddings.Create(9);
        rows.ForEach(row => row.Weight = 0);

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(rows));

        Assert.Contains("weights are zero", error.Message);
        Assert.Contains("'Features'", error.Message);
    }

    [TestMethod]
    [DataRow(-1f, "-1")]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    public void Bad_weight_is_an_error_that_names_column_row_and_value(float weight, string text)
    {
        List<EmbeddingRow> rows = Embeddings.Create(90);
        rows[57].Weight = weight;

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(rows));

        Assert.Contains("'Weight'", error.Message);
        Assert.Contains("row 57", error.Message);
        Assert.Contains($"is {text};", error.Message);
    }

    private ModelledEmbedding Fit(List<EmbeddingRow> rows) =>
        _mlContext.Transforms.DetectOutOfDistribution(_weighted).Fit(_mlContext.Data.LoadFromEnumerable(rows)).Embedding;
}
