using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>A model that is not calibrated does not say that a row is in distribution.</summary>
[TestClass]
public sealed class UncalibratedTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly IDataView _data;

    public UncalibratedTests() => _data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(200));

    [TestMethod]
    public void Prediction_engine_gets_no_probability_and_a_flag_for_rows_near_and_far()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(_data);
        using PredictionEngine<EmbeddingRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<EmbeddingRow, ScoredRow>(model);

        foreach (float[] features in new float[][] { Embeddings.Create(1)[0].Features, [9, -9, 9, -9, 9, -9] })
        {
            ScoredRow scored = engine.Predict(new EmbeddingRow { Features = features });

            Assert.AreEqual(float.NaN, scored.DimeProbability);
            Assert.IsTrue(scored.IsOutOfDistribution);
            Assert.AreEqual(model.Embedding.DistanceToHyperplane(features)[0], scored.DimeDistance);
        }
    }

    [TestMethod]
    public void Data_view_has_NaN_and_flags_in_each_row_until_the_model_is_calibrated()
    {
        var options = new DimeOptions
        {
            Rank = 2,
            OutlierProbability = 1,
            Calibration = Calibration.None,
            WithinDistanceColumnName = "WD",
            WithinProbabilityColumnName = "WP",
        };
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_data);

        IDataView scored = model.Transform(_data);

        Assert.IsTrue(scored.GetColumn<float>("DimeProbability").All(float.IsNaN));
        Assert.IsTrue(scored.GetColumn<float>("WP").All(float.IsNaN));
        Assert.IsTrue(scored.GetColumn<bool>("IsOutOfDistribution").All(flag => flag));
        Assert.IsTrue(scored.GetColumn<float>("WD").All(float.IsFinite));
        IDataView calibrated = model.Calibrate(_data).Transform(_data);
        CollectionAssert.AreEqual(
            scored.Schema.Select(column => column.ToString()).ToArray(), calibrated.Schema.Select(column => column.ToString()).ToArray());
        Assert.IsTrue(calibrated.GetColumn<float>("DimeProbability").Concat(calibrated.GetColumn<float>("WP")).All(float.IsFinite));
        Assert.IsTrue(calibrated.GetColumn<bool>("IsOutOfDistribution").Count(flag => flag) is > 0 and < 20);
    }

    [TestMethod]
    public void Columns_whose_names_are_null_are_left_out()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(_data);

        CollectionAssert.AreEqual(
            new[] { "Number", "Features", "Weight", "DimeDistance" }, model.GetOutputSchema(_data.Schema).Select(column => column.Name).ToArray());
        Assert.IsNull(model.ProbabilityColumnName);
        Assert.IsNull(model.OutlierColumnName);
    }

    [TestMethod]
    [DataRow(Calibrated.No)]
    [DataRow(Calibrated.InFit)]
    [DataRow(Calibrated.Afterwards)]
    public void Names_of_columns_are_those_of_the_schema(Calibrated calibrated)
    {
        var options = new DimeOptions
        {
            Rank = 2,
            Calibration = calibrated == Calibrated.InFit ? Calibration.TrainingSet : Calibration.None,
            OutlierColumnName = null,
            WithinProbabilityColumnName = "WP",
        };
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_data);
        model = calibrated == Calibrated.Afterwards ? model.Calibrate(_data) : model;

        string?[] names =
            [model.DistanceColumnName, model.ProbabilityColumnName, model.OutlierColumnName, model.WithinDistanceColumnName, model.WithinProbabilityColumnName];

        CollectionAssert.AreEqual(
            model.GetOutputSchema(_data.Schema).Skip(_data.Schema.Count).Select(column => column.Name).ToArray(), names.OfType<string>().ToArray());
    }

    [TestMethod]
    public void Fit_warns_of_it_and_names_columns_and_remedies()
    {
        var log = new ContextLog(_mlContext);
        var options = new DimeOptions { Rank = 2, Calibration = Calibration.None, WithinProbabilityColumnName = "WP" };

        _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_data);

        string warning = log.Warnings.Single();
        foreach (string text in new[]
        {
            "column 'Features'", "not calibrated", "'DimeProbability'", "'WP'", "NaN", "'IsOutOfDistribution'", "true", "Calibrate",
            "ProbabilityColumnName", "OutlierColumnName", "WithinProbabilityColumnName", "null",
        })
        {
            Assert.Contains(text, warning);
        }
    }

    [TestMethod]
    public void Transformer_of_a_fitted_embedding_warns_of_it_too_and_flags_every_row()
    {
        var embedding = ModelledEmbedding.Fit(Embeddings.Flatten(Embeddings.Create(200)), Embeddings.Dimension, rank: 2);
        var log = new ContextLog(_mlContext);

        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(embedding).Fit(_data);
        DimeTransformer constructed = new(_mlContext, embedding, new DimeOptions { OutlierColumnName = null });
        _ = new DimeTransformer(_mlContext, embedding.Calibrate(Embeddings.Flatten(Embeddings.Create(200))));

        Assert.IsTrue(model.Transform(_data).GetColumn<bool>("IsOutOfDistribution").All(flag => flag));
        Assert.IsTrue(constructed.Transform(_data).GetColumn<float>("DimeProbability").All(float.IsNaN));
        Assert.HasCount(2, log.Warnings);
        Assert.Contains("'IsOutOfDistribution'", log.Warnings[0]);
        Assert.DoesNotContain("Outlier", log.Warnings[1]);
    }

    [TestMethod]
    public void Warning_names_only_the_columns_that_there_are()
    {
        var log = new ContextLog(_mlContext);
        var options = new DimeOptions { Rank = 2, Calibration = Calibration.None, ProbabilityColumnName = null };

        _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_data);

        Assert.Contains("'IsOutOfDistribution'", log.Warnings.Single());
        Assert.DoesNotContain("Probability", log.Warnings.Single());
        Assert.DoesNotContain("NaN", log.Warnings.Single());
    }

    [TestMethod]
    public void Nothing_is_warned_of_where_the_model_is_calibrated_or_no_column_needs_it()
    {
        var log = new ContextLog(_mlContext);

        _ = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.DistancesOnly).Fit(_data);
        _ = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(_data, _data);
        _ = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, Calibration = Calibration.TrainingSet }).Fit(_data);

        Assert.IsEmpty(log.Warnings);
    }

    public enum Calibrated
    {
        No,
        InFit,
        Afterwards,
    }
}
