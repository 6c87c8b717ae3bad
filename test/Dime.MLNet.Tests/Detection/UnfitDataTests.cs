using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Rows with values that are not finite, and data that cannot be fitted or calibrated on.</summary>
[TestClass]
public sealed class UnfitDataTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Rows_that_are_not_finite_are_left_out_with_one_warning()
    {
        List<EmbeddingRow> rows = Embeddings.Create(200);
        rows[3].Features[0] = float.NaN;
        rows[77].Features[5] = float.NegativeInfinity;
        rows[199].Features[2] = float.PositiveInfinity;
        var log = new ContextLog(_mlContext);

        ModelledEmbedding model = Fit(rows, Embeddings.DistancesOnly).Embedding;

        float[] finite = Embeddings.Flatten(rows.Where(row => row.Features.All(float.IsFinite)));
        Assert.AreEqual(ModelledEmbedding.Fit(finite, Embeddings.Dimension, rank: 2).ExplainedVariance[1], model.ExplainedVariance[1], 1e-12);
        Assert.HasCount(1, log.Warnings);
        Assert.Contains("3 of 200 rows were left out", log.Warnings[0]);
        Assert.Contains("'Features'", log.Warnings[0]);
    }

    [TestMethod]
    public void Calibration_leaves_them_out_with_one_warning_too()
    {
        List<EmbeddingRow> rows = Embeddings.Create(200);
        DimeTransformer model = Fit(rows, Embeddings.Uncalibrated);
        List<EmbeddingRow> other = Embeddings.Create(150, seed: 2);
        float[] finite = Embeddings.Flatten(other.Skip(1));
        other[0].Features[1] = float.NaN;
        var log = new ContextLog(_mlContext);

        DimeTransformer calibrated = model.Calibrate(_mlContext.Data.LoadFromEnumerable(other));

        CollectionAssert.AreEqual(
            model.Embedding.Calibrate(finite).Distances!.Percentiles.ToArray(), calibrated.Embedding.Distances!.Percentiles.ToArray());
        Assert.HasCount(1, log.Warnings);
        Assert.Contains("1 of 150 rows were left out", log.Warnings[0]);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Rows_left_out_of_fit_and_calibration_are_worth_one_warning(bool heldOut)
    {
        List<EmbeddingRow> rows = Embeddings.Create(2000);
        foreach (EmbeddingRow row in rows.Where(row => row.Number % 10 == 0))
        {
            row.Features[0] = float.NaN;
        }

        var log = new ContextLog(_mlContext);

        _ = Fit(rows, new DimeOptions { Rank = 2, Calibration = heldOut ? Calibration.HeldOut() : Calibration.TrainingSet });

        Assert.Contains("200 of 2000 rows", log.Warnings.Single());
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(new float[0])]
    [DataRow(new[] { 1f, 2, 3 })]
    [DataRow(new[] { 1f, 2, 3, 4, 5, 6, 7 })]
    public void Row_of_another_length_than_its_column_says_is_an_error(float[]? values)
    {
        DimeTransformer model = Fit(Embeddings.Create(200), Embeddings.Uncalibrated);
        List<EmbeddingRow> rows = Embeddings.Create(3);
        rows[1].Features = values!;

        string scoring = Assert.Throws<InvalidOperationException>(
            () => Embeddings.BitsOf(model.Transform(_mlContext.Data.LoadFromEnumerable(rows)))).Message;
        string fitting = Assert.Throws<InvalidOperationException>(() => Fit(rows, Embeddings.Uncalibrated)).Message;

        foreach (string message in new[] { scoring, fitting })
        {
            Assert.Contains($"'Features' has {values?.Length ?? 0} values at row 1", message);
        }
    }

    [TestMethod]
    public void Few_calibration_rows_are_worth_a_warning()
    {
        DimeTransformer model = Fit(Embeddings.Create(50), Embeddings.Uncalibrated);
        var log = new ContextLog(_mlContext);

        _ = model.Calibrate(_mlContext.Data.LoadFromEnumerable(Embeddings.Create(20)));

        Assert.Contains("Only 20 rows", log.Warnings.Single());
    }

    [TestMethod]
    public void Clean_data_is_fitted_without_a_warning()
    {
        var log = new ContextLog(_mlContext);

        _ = Fit(Embeddings.Create(1000), new DimeOptions());

        Assert.IsEmpty(log.Warnings);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void No_rows_is_an_error_that_names_the_column(bool calibrate) =>
        AssertUnfit([], calibrate ? new DimeOptions() : Embeddings.Uncalibrated, "no embeddings", "'Features'");

    [TestMethod]
    public void No_finite_row_is_an_error_that_names_the_column()
    {
        List<EmbeddingRow> rows = Embeddings.Create(30);
        rows.ForEach(row => row.Features[1] = float.NaN);

        AssertUnfit(rows, Embeddings.Uncalibrated, "All 30 embeddings", "'Features'");
        AssertUnfit(rows, new DimeOptions { Calibration = Calibration.TrainingSet }, "All 30 embeddings", "'Features'");
    }

    [TestMethod]
    public void Zeros_only_is_an_error_that_names_the_column()
    {
        List<EmbeddingRow> rows = Embeddings.Create(30);
        rows.ForEach(row => row.Features = new float[Embeddings.Dimension]);

        AssertUnfit(rows, Embeddings.Uncalibrated, "embeddings are zero", "'Features'");
    }

    [TestMethod]
    public void Rank_above_the_numerical_rank_is_an_error_that_names_it()
    {
        List<EmbeddingRow> rows = Embeddings.Create(30);
        rows.ForEach(row => row.Features = [.. row.Features.Take(2), 0, 0, 0, 0]);

        AssertUnfit(rows, new DimeOptions { Rank = 3, Calibration = Calibration.None }, "numerical rank", "choose 2 or less", "'Features'");
    }

    [TestMethod]
    public void One_row_spans_a_line_and_has_no_distance_within()
    {
        List<EmbeddingRow> row = Embeddings.Create(1);

        Assert.AreEqual(1, Fit(row, new DimeOptions { Calibration = Calibration.None }).Embedding.Rank);
        AssertUnfit(row, new DimeOptions { WithinDistanceColumnName = "WD", Calibration = Calibration.None }, "two or more rows", "'Features'");
        AssertUnfit(row, new DimeOptions { WithinProbabilityColumnName = "WP", Calibration = Calibration.None }, "two or more rows", "'Features'");
    }

    [TestMethod]
    public void Calibration_data_without_a_finite_row_is_an_error_that_names_the_column()
    {
        DimeTransformer model = Fit(Embeddings.Create(30), Embeddings.Uncalibrated);
        List<EmbeddingRow> rows = Embeddings.Create(5);
        rows.ForEach(row => row.Features[1] = float.NaN);

        InvalidOperationException none = Assert.ThrowsExactly<InvalidOperationException>(
            () => model.Calibrate(_mlContext.Data.LoadFromEnumerable(new List<EmbeddingRow>())));
        InvalidOperationException bad = Assert.ThrowsExactly<InvalidOperationException>(() => model.Calibrate(_mlContext.Data.LoadFromEnumerable(rows)));

        Assert.Contains("no rows in column 'Features'", none.Message);
        Assert.Contains("All 5 calibration rows of column 'Features'", bad.Message);
    }

    private void AssertUnfit(List<EmbeddingRow> rows, DimeOptions options, params string[] expected)
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(rows, options));
        foreach (string text in expected)
        {
            Assert.Contains(text, error.Message);
        }
    }

    private DimeTransformer Fit(List<EmbeddingRow> rows, DimeOptions options) =>
        _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_mlContext.Data.LoadFromEnumerable(rows));
}
