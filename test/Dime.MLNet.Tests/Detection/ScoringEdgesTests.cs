using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Rows that are not finite, columns that do not fit, and hidden columns, when scoring.</summary>
[TestClass]
public sealed class ScoringEdgesTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Rows_that_are_not_finite_are_infinitely_far_and_flagged(float value)
    {
        var options = new DimeOptions { Rank = 2, OutlierProbability = 1, WithinDistanceColumnName = "WD", WithinProbabilityColumnName = "WP" };
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(Load(Embeddings.Create(300)));
        List<EmbeddingRow> rows = Embeddings.Create(3, seed: 2);
        rows[1].Features[4] = value;

        IDataView scored = model.Transform(Load(rows));

        foreach (string distance in new[] { "DimeDistance", "WD" })
        {
            CollectionAssert.AreEqual(new[] { false, true, false }, scored.GetColumn<float>(distance).Select(float.IsPositiveInfinity).ToArray());
        }

        foreach (string probability in new[] { "DimeProbability", "WP" })
        {
            Assert.AreEqual(1f, scored.GetColumn<float>(probability).ElementAt(1));
        }

        Assert.IsTrue(scored.GetColumn<bool>("IsOutOfDistribution").ElementAt(1));
    }

    [TestMethod]
    public void Embeddings_of_another_length_are_refused_with_both_lengths()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(Load(Embeddings.Create(30)));
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 9);
        IDataView longer = _mlContext.Data.LoadFromEnumerable(new List<EmbeddingRow>(), definition);

        Action[] uses = [() => model.Transform(longer), () => model.GetOutputSchema(longer.Schema), () => model.Calibrate(longer)];
        foreach (Action use in uses)
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(use);
            Assert.Contains("'Features'", error.Message);
            Assert.Contains("9 values", error.Message);
            Assert.Contains("fitted to 6", error.Message);
        }
    }

    [TestMethod]
    public void Missing_and_unpooled_columns_are_refused_before_scoring()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(Load(Embeddings.Create(30)));
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, 3);

        ArgumentException missing = Assert.ThrowsExactly<ArgumentException>(() => model.Transform(_mlContext.Data.LoadFromEnumerable([new ScoredRow()])));
        ArgumentException unpooled = Assert.ThrowsExactly<ArgumentException>(
            () => model.Transform(_mlContext.Data.LoadFromEnumerable(new List<EmbeddingRow>(), definition)));

        Assert.Contains("no column 'Features'", missing.Message);
        Assert.Contains("GlobalAveragePool", unpooled.Message);
        Assert.ThrowsExactly<ArgumentNullException>(() => model.Transform(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => model.GetOutputSchema(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => model.Calibrate(null!));
    }

    [TestMethod]
    public void Columns_that_are_replaced_are_hidden_and_stay_readable()
    {
        IDataView data = Load(Embeddings.Create(30));
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 1, DistanceColumnName = "Weight" }).Fit(data);

        IDataView scored = model.Transform(data);

        DataViewSchema.Column[] weights = [.. scored.Schema.Where(column => column.Name == "Weight")];
        CollectionAssert.AreEqual(new[] { true, false }, weights.Select(column => column.IsHidden).ToArray());
        CollectionAssert.AreEqual(data.GetColumn<float>("Weight").ToArray(), scored.GetColumn<float>(weights[0]).ToArray());
        CollectionAssert.AreNotEqual(data.GetColumn<float>("Weight").ToArray(), scored.GetColumn<float>("Weight").ToArray());
    }

    [TestMethod]
    public void Distance_may_replace_the_embeddings_themselves()
    {
        IDataView data = Load(Embeddings.Create(30));
        float[] expected = [.. _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(data).Transform(data).GetColumn<float>("DimeDistance")];
        var options = new DimeOptions { Rank = 2, DistanceColumnName = "Features", Calibration = Calibration.None };

        IDataView scored = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(data).Transform(data);

        CollectionAssert.AreEqual(expected, scored.GetColumn<float>("Features").ToArray());
    }

    private IDataView Load(IEnumerable<EmbeddingRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);
}
