using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Embeddings that were fitted to arrays, as stages of pipelines.</summary>
[TestClass]
public sealed class FittedEmbeddingTests
{
    private const int PercentileCount = 50;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly List<EmbeddingRow> _rows = Embeddings.Create(100, seed: 7);

    [TestMethod]
    public void Merged_sums_end_in_a_zip_that_scores_as_the_arrays_do()
    {
        var sums = new EmbeddingAccumulator(Embeddings.Dimension);
        var others = new EmbeddingAccumulator(Embeddings.Dimension);
        sums.Add(Embeddings.Flatten(Embeddings.Create(100, seed: 1)));
        others.Add(Embeddings.Flatten(Embeddings.Create(80, seed: 2)));
        sums.Merge(others);
        ModelledEmbedding embedding = sums.Fit(rank: 2).Calibrate(Embeddings.Flatten(Embeddings.Create(150, seed: 3)), PercentileCount);
        var options = new DimeOptions { WithinDistanceColumnName = "WD", WithinProbabilityColumnName = "WP", OutlierProbability = 0.7 };
        IDataView data = Vectors();

        var model = new TransformerChain<DimeTransformer>(new DimeTransformer(_mlContext, embedding, options));
        NewProcessReport report = NewProcess.Score(_mlContext, model, data, "DimeDistance", "DimeProbability", "IsOutOfDistribution", "WD", "WP");

        float[] rows = Embeddings.Flatten(_rows);
        float[] probabilities = embedding.ProbabilityOfDistanceToHyperplane(rows);
        Assert.AreEqual(typeof(DimeTransformer).FullName, report.Parts.Single());
        SameBits(embedding.DistanceToHyperplane(rows), report.Batch("DimeDistance"));
        SameBits(embedding.DistanceToHyperplane(rows), report.Engine);
        SameBits(probabilities, report.Batch("DimeProbability"));
        SameBits(embedding.DistanceWithinHyperplane(rows), report.Batch("WD"));
        SameBits(embedding.ProbabilityOfDistanceWithinHyperplane(rows), report.Batch("WP"));
        CollectionAssert.AreEqual(probabilities.Select(probability => probability >= 0.7f ? "1" : "0").ToArray(), report.Batch("IsOutOfDistribution"));
        Assert.AreEqual(2, report.Batch("IsOutOfDistribution").Distinct().Count());
    }

    [TestMethod]
    public void Transformer_without_a_chain_is_saved_and_loaded()
    {
        ModelledEmbedding embedding = Fit();
        IDataView data = Vectors();

        DimeTransformer loaded = ModelZip.Save(_mlContext, new DimeTransformer(_mlContext, embedding), data.Schema).Load();

        CollectionAssert.AreEqual(
            Embeddings.BitsOf(embedding.ProbabilityOfDistanceToHyperplane(Embeddings.Flatten(_rows))), Embeddings.BitsOf(loaded.Transform(data), "DimeProbability"));
    }

    [TestMethod]
    public void Pipeline_takes_it_as_its_last_stage_and_reads_no_row()
    {
        ModelledEmbedding embedding = Fit();
        var counted = new CountedRows<EmbeddingRow>(_rows);
        IDataView data = _mlContext.Data.LoadFromEnumerable(counted);

        TransformerChain<DimeTransformer> model = _mlContext.Transforms.CopyColumns("Copied", "Features")
            .Append(_mlContext.Transforms.DetectOutOfDistribution(embedding, new DimeOptions { InputColumnName = "Copied" }))
            .Fit(data);

        Assert.AreEqual(0, counted.HandedOut);
        Assert.AreSame(embedding, model.LastTransformer.Embedding);
        CollectionAssert.AreEqual(
            Embeddings.BitsOf(embedding.DistanceToHyperplane(Embeddings.Flatten(_rows))), Embeddings.BitsOf(model.Transform(data)));
    }

    [TestMethod]
    public void Constructor_of_the_transformer_does_what_the_catalog_does()
    {
        ModelledEmbedding embedding = Fit();
        var options = new DimeOptions { DistanceColumnName = "Distance", PercentileCount = 17 };

        var constructed = new DimeTransformer(_mlContext, embedding, options);
        DimeTransformer ofCatalog = _mlContext.Transforms.DetectOutOfDistribution(embedding, options).Fit(Vectors());

        Assert.AreSame(embedding, constructed.Embedding);
        CollectionAssert.AreEqual(ofCatalog.Settings.OutputColumns().ToArray(), constructed.Settings.OutputColumns().ToArray());
        Assert.AreEqual("Distance", constructed.DistanceColumnName);
        Assert.HasCount(17, constructed.Calibrate(Vectors()).Embedding.DistancePercentiles.ToArray());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Estimator_promises_what_is_delivered(bool calibrated)
    {
        ModelledEmbedding embedding = calibrated ? Fit() : ModelledEmbedding.Fit(Embeddings.Flatten(_rows), Embeddings.Dimension, rank: 2);
        DetectorScoringEstimator<DimeTransformer> estimator = _mlContext.Transforms.DetectOutOfDistribution(embedding, new DimeOptions { WithinProbabilityColumnName = "WP" });
        IDataView data = Vectors();

        string[] promised = Describe(estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema)));
        string[] delivered = Describe(MLNetInternals.ShapeOf(estimator.Fit(data).Transform(data).Schema));

        CollectionAssert.AreEquivalent(delivered, promised);
        CollectionAssert.Contains(delivered, "DimeDistance: Scalar of Single");

        static string[] Describe(SchemaShape shape) => [.. shape.Select(column => $"{column.Name}: {column.Kind} of {column.ItemType}")];
    }

    public static IEnumerable<(DimeOptions Options, string Name)> OptionsOfTheFit =>
    [
        (new DimeOptions { Rank = 2 }, "Rank"),
        (new DimeOptions { ExplainedVarianceThreshold = 0.9 }, "ExplainedVarianceThreshold"),
        (new DimeOptions { ExampleWeightColumnName = "Weight" }, "ExampleWeightColumnName"),
        (new DimeOptions { Calibration = Calibration.None }, "Calibration"),
        (new DimeOptions { Calibration = Calibration.TrainingSet }, "Calibration"),
        (new DimeOptions { Calibration = Calibration.HeldOut(0.3) }, "Calibration"),
        (new DimeOptions { Calibration = Calibration.TrainingSet, Rank = 1 }, "Rank, Calibration"),
    ];

    [TestMethod]
    [DynamicData(nameof(OptionsOfTheFit))]
    public void Options_of_the_fit_are_refused_by_name(DimeOptions options, string name)
    {
        ModelledEmbedding embedding = Fit();

        foreach (Action make in (Action[])
        [
            () => _ = new DimeTransformer(_mlContext, embedding, options),
            () => _mlContext.Transforms.DetectOutOfDistribution(embedding, options),
        ])
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(make);
            Assert.AreEqual("options", error.ParamName);
            Assert.Contains($"so {name} cannot apply", error.Message);
        }
    }

    [TestMethod]
    public void Options_of_the_fit_that_say_the_default_are_no_error()
    {
        var options = new DimeOptions { Rank = null, ExplainedVarianceThreshold = 0.99, Calibration = Calibration.HeldOut() };

        Assert.AreEqual(0.95, new DimeTransformer(_mlContext, Fit(), options).OutlierProbability);
    }

    [TestMethod]
    public void Impossible_columns_are_refused()
    {
        var ofOneRow = ModelledEmbedding.Fit([1, 2, 3, 4, 5, 6], Embeddings.Dimension);

        Assert.Contains("'A'", Refusal(Fit(), new DimeOptions { DistanceColumnName = "A", ProbabilityColumnName = "A" }));
        Assert.Contains("WithinDistanceColumnName", Refusal(ofOneRow, new DimeOptions { WithinDistanceColumnName = "WD" }));
        Assert.Contains("WithinProbabilityColumnName", Refusal(ofOneRow, new DimeOptions { WithinProbabilityColumnName = "WP" }));
        Assert.AreSame(ofOneRow, new DimeTransformer(_mlContext, ofOneRow).Embedding);

        string Refusal(ModelledEmbedding embedding, DimeOptions options) =>
            Assert.ThrowsExactly<ArgumentException>(() => new DimeTransformer(_mlContext, embedding, options)).Message;
    }

    [TestMethod]
    public void Column_of_another_length_is_refused_before_a_row_is_read()
    {
        var embedding = ModelledEmbedding.Fit([1, 2, 3, 4], 4);
        IDataView data = Vectors();

        foreach (Action use in (Action[])
        [
            () => _mlContext.Transforms.DetectOutOfDistribution(embedding).Fit(data),
            () => new DimeTransformer(_mlContext, embedding).Transform(data),
        ])
        {
            Assert.Contains("has embeddings of 6 values, but the model was fitted to 4", Assert.ThrowsExactly<ArgumentException>(use).Message);
        }
    }

    [TestMethod]
    public void Null_is_refused_by_its_name()
    {
        Assert.AreEqual("mlContext", Assert.ThrowsExactly<ArgumentNullException>(() => new DimeTransformer(null!, Fit())).ParamName);
        Assert.AreEqual("embedding", Assert.ThrowsExactly<ArgumentNullException>(() => new DimeTransformer(_mlContext, null!)).ParamName);
        Assert.AreEqual("embedding", Assert.ThrowsExactly<ArgumentNullException>(() => _mlContext.Transforms.DetectOutOfDistribution((ModelledEmbedding)null!)).ParamName);
    }

    private static ModelledEmbedding Fit() => ModelledEmbedding
        .Fit(Embeddings.Flatten(Embeddings.Create(100, seed: 1)), Embeddings.Dimension, rank: 2)
        .Calibrate(Embeddings.Flatten(Embeddings.Create(150, seed: 3)), PercentileCount);

    private static void SameBits(float[] expected, string[] bits) =>
        CollectionAssert.AreEqual(Embeddings.BitsOf(expected).Select(value => $"{value:X8}").ToArray(), bits);

    private IDataView Vectors() => _mlContext.Transforms.SelectColumns("Features").Fit(Data()).Transform(Data());

    private IDataView Data() => _mlContext.Data.LoadFromEnumerable(_rows);
}
