using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>What survives in the zip.</summary>
[TestClass]
public sealed class ModelZipTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly IDataView _data;

    public ModelZipTests() => _data = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(200));

    [TestMethod]
    public void Every_setting_that_scoring_needs_survives()
    {
        var options = new DimeOptions
        {
            Rank = 2,
            DistanceColumnName = "Abstand",
            ProbabilityColumnName = null,
            OutlierColumnName = "fremd – 外",
            WithinDistanceColumnName = null,
            WithinProbabilityColumnName = "WP",
            OutlierProbability = 0.123456789,
            PercentileCount = 17,
            ModelName = "Kamera – 外",
        };
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_data);

        DimeTransformer loaded = SaveAndLoad(model);

        CollectionAssert.AreEqual(model.InputColumnNames.ToArray(), loaded.InputColumnNames.ToArray());
        Assert.AreEqual(model.Settings, loaded.Settings with { InputColumnNames = model.InputColumnNames });
        Assert.AreEqual(0.123456789, loaded.OutlierProbability);
        Assert.AreEqual("Kamera – 外", loaded.ModelName);
        Assert.AreEqual((model.Embedding.TrainingRowCount, model.CalibrationRowCount), (loaded.Embedding.TrainingRowCount, loaded.CalibrationRowCount));
        Assert.AreEqual(200, loaded.Embedding.TrainingRowCount + loaded.CalibrationRowCount);
        CollectionAssert.AreEqual(
            new[] { "Number", "Features", "Weight", "Abstand", "fremd – 外", "WP" },
            loaded.GetOutputSchema(_data.Schema).Select(column => column.Name).ToArray());
        CollectionAssert.AreEqual(model.Embedding.ExplainedVariance.ToArray(), loaded.Embedding.ExplainedVariance.ToArray());
        CollectionAssert.AreEqual(model.Embedding.BasisVectors.ToArray(), loaded.Embedding.BasisVectors.ToArray());
        foreach (string name in new[] { "Abstand", "WP" })
        {
            CollectionAssert.AreEqual(Embeddings.BitsOf(model.Transform(_data), name), Embeddings.BitsOf(loaded.Transform(_data), name));
        }

        CollectionAssert.AreEqual(
            model.Transform(_data).GetColumn<bool>("fremd – 外").ToArray(), loaded.Transform(_data).GetColumn<bool>("fremd – 外").ToArray());
    }

    [TestMethod]
    public void Loaded_model_recalibrates_with_the_number_of_percentiles_it_was_given()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, PercentileCount = 17 }).Fit(_data);
        IDataView other = _mlContext.Data.LoadFromEnumerable(Embeddings.Create(150, seed: 9));

        DimeTransformer calibrated = SaveAndLoad(model).Calibrate(other);

        Assert.AreEqual(17, calibrated.Embedding.Distances!.Percentiles.Length);
        CollectionAssert.AreEqual(model.Calibrate(other).Embedding.Distances!.Percentiles.ToArray(), calibrated.Embedding.Distances!.Percentiles.ToArray());
    }

    [TestMethod]
    public void Uncalibrated_model_is_loaded_uncalibrated_and_can_be_calibrated()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(_data);

        DimeTransformer loaded = SaveAndLoad(model);

        Assert.IsFalse(loaded.Embedding.IsCalibrated);
        Assert.IsTrue(loaded.Transform(_data).GetColumn<float>("DimeProbability").All(float.IsNaN));
        Assert.IsTrue(loaded.Transform(_data).GetColumn<bool>("IsOutOfDistribution").All(flag => flag));
        CollectionAssert.AreEqual(
            Embeddings.BitsOf(model.Calibrate(_data).Transform(_data), "DimeProbability"),
            Embeddings.BitsOf(loaded.Calibrate(_data).Transform(_data), "DimeProbability"));
    }

    [TestMethod]
    public void Model_of_one_row_which_has_no_distance_within_survives()
    {
        var options = new DimeOptions { Calibration = Calibration.None };
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_mlContext.Data.LoadFromEnumerable(Embeddings.Create(1)));

        DimeTransformer loaded = SaveAndLoad(model);

        Assert.IsFalse(loaded.Embedding.HasDistanceWithinHyperplane);
        CollectionAssert.AreEqual(Embeddings.BitsOf(model.Transform(_data)), Embeddings.BitsOf(loaded.Transform(_data)));
    }

    [TestMethod]
    public void Same_model_is_saved_as_the_same_bytes()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(_data);

        CollectionAssert.AreEqual(
            ModelZip.Save(_mlContext, model, _data.Schema).Payload("DIMEMODL"), ModelZip.Save(_mlContext, SaveAndLoad(model), _data.Schema).Payload("DIMEMODL"));
    }

    [TestMethod]
    public void Chain_survives_with_schema_and_scores_in_a_prediction_engine()
    {
        TransformerChain<DimeTransformer> model = _mlContext.Transforms.NormalizeMinMax("Features")
            .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 2))
            .Fit(_data);
        using var stream = new MemoryStream(ModelZip.Save(_mlContext, model, _data.Schema).Bytes);

        ITransformer loaded = new MLContext().Model.Load(stream, out DataViewSchema schema);

        CollectionAssert.AreEqual(_data.Schema.Select(c => c.ToString()).ToArray(), schema.Select(c => c.ToString()).ToArray());
        uint[] batch = Embeddings.BitsOf(model.Transform(_data));
        using PredictionEngine<EmbeddingRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<EmbeddingRow, ScoredRow>(loaded, schema);
        CollectionAssert.AreEqual(batch, Embeddings.BitsOf(Embeddings.Create(200).Select(row => engine.Predict(row).DimeDistance)));
    }

    [TestMethod]
    public void Calibrated_chain_can_be_saved_with_a_stage_for_training_only()
    {
        TransformerChain<DimeTransformer> model = _mlContext.Transforms.CopyColumns("Copied", "Weight")
            .AppendCacheCheckpoint(_mlContext)
            .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 2))
            .Fit(_data)
            .Calibrate(_data);
        using var stream = new MemoryStream(ModelZip.Save(_mlContext, model, _data.Schema).Bytes);

        ITransformer loaded = new MLContext().Model.Load(stream, out _);

        CollectionAssert.AreEqual(
            Embeddings.BitsOf(model.Transform(_data), "DimeProbability"), Embeddings.BitsOf(loaded.Transform(_data), "DimeProbability"));
    }

    [TestMethod]
    public void Model_saved_with_its_loader_is_loaded_with_it()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(_data);
        TextLoader loader = _mlContext.Data.CreateTextLoader<EmbeddingText>();
        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, loader, stream);

        ITransformer loaded = new MLContext().Model.LoadWithDataLoader(stream, out IDataLoader<IMultiStreamSource> loadedLoader);

        Assert.AreEqual(loader.GetOutputSchema().ToString(), loadedLoader.GetOutputSchema().ToString());
        CollectionAssert.AreEqual(Embeddings.BitsOf(model.Transform(_data)), Embeddings.BitsOf(loaded.Transform(_data)));
    }

    private DimeTransformer SaveAndLoad(DimeTransformer model) => ModelZip.Save(_mlContext, model, _data.Schema).Load();

    private sealed class EmbeddingText
    {
        [LoadColumn(0, Embeddings.Dimension - 1)]
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
