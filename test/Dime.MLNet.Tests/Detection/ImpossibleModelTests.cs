using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection;

/// <summary>Zips whose checksum is right and whose detector cannot be: an exception when they are loaded, not a wrong score later.</summary>
[TestClass]
public sealed class ImpossibleModelTests
{
    private static readonly StoredDetector _good = new();

    private static readonly Lazy<ModelZip> _zip = new(Create);

    [TestMethod]
    public void Detector_that_can_be_is_loaded_and_scores_by_the_formulas()
    {
        DimeTransformer model = Load(_good);

        // x − VVᵀx is 5·(0.8, −0.6, 0) for x = (4, −3, 2); the scores are (0, 2), which centred and whitened are (−2, 2.5)·W.
        ModelledEmbedding embedding = model.Embedding;
        Assert.AreEqual(5f, embedding.DistanceToHyperplane([4, -3, 2])[0], 1e-6f);
        Assert.AreEqual(Math.Sqrt((3.25 * 3.25) + (1.5 * 1.5)), embedding.DistanceWithinHyperplane([4, -3, 2])[0], 1e-6);
        CollectionAssert.AreEqual(new[] { 1f, 0.5f }, embedding.ProbabilityOfDistanceToHyperplane([4, -3, 2, 0, 0, 1]));
        CollectionAssert.AreEqual(new[] { 0.75, 0.125 }, embedding.ExplainedVariance.ToArray());
        Assert.AreEqual(("D", "P", "O", "WD", "WP"), (model.DistanceColumnName, model.ProbabilityColumnName, model.OutlierColumnName, model.WithinDistanceColumnName, model.WithinProbabilityColumnName));
    }

    [TestMethod]
    public void Parts_that_a_model_may_lack_may_be_missing()
    {
        Assert.IsFalse(Load(_good with { Percentiles = [], WithinPercentiles = [], CalibrationRowCount = 0 }).Embedding.IsCalibrated);
        Assert.IsFalse(Load(_good with { ScoreMean = null, WithinPercentiles = [], OutputColumnNames = ["D", "P", "O", null, null] }).Embedding.HasDistanceWithinHyperplane);
        Assert.AreEqual(0f, Load(_good with { Whitening = [], KeptDirections = 0 }).Embedding.DistanceWithinHyperplane([4, -3, 2])[0]);
        Assert.AreEqual(1.25f, Load(_good with { Whitening = [0, 0.5f], KeptDirections = 1 }).Embedding.DistanceWithinHyperplane([4, -3, 2])[0], 1e-6f);
    }

    [TestMethod]
    public void Basis_that_is_orthonormal_but_for_the_rounding_of_its_numbers_is_loaded()
    {
        float[] rounded = [BitUp(0.6f), 0, BitUp(0.8f), 0, 0, BitUp(1)];

        CollectionAssert.AreEqual(rounded, Load(_good with { Basis = rounded }).Embedding.BasisVectors.ToArray());

        static float BitUp(float value) => float.BitIncrement(value);
    }

    [TestMethod]
    [DataRow(new[] { 0.60001f, 0, 0.8f, 0, 0, 1 }, "not orthonormal", DisplayName = "too long")]
    [DataRow(new[] { 0.6f, 1e-6f, 0.8f, 0, 0, 1 }, "not orthonormal", DisplayName = "not at right angles")]
    [DataRow(new[] { 0.6f, 0, 0.8f, 0, 0, 0 }, "not orthonormal", DisplayName = "a direction of no length")]
    [DataRow(new[] { 0f, 0, 0, 0, 0, 0 }, "not orthonormal", DisplayName = "zeros")]
    [DataRow(new[] { 0.6f, 0.6f, 0.8f, 0.8f, 0, 0 }, "not orthonormal", DisplayName = "the same direction twice")]
    [DataRow(new[] { 0.6f, 0, 0.8f, 0, 0, float.NaN }, "not finite", DisplayName = "NaN")]
    [DataRow(new[] { float.NegativeInfinity, 0, 0.8f, 0, 0, 1 }, "not finite", DisplayName = "infinite")]
    [DataRow(new[] { float.MaxValue, 0, 0.8f, 0, 0, 1 }, "not orthonormal", DisplayName = "huge")]
    public void Basis_that_spans_no_hyperplane_is_refused(float[] basis, string reason) => AssertRefused(_good with { Basis = basis }, reason);

    [TestMethod]
    [DataRow(new[] { 0.125, 0.75 }, "does not fall")]
    [DataRow(new[] { 0.75, 0.5 }, "is not made of shares")]
    [DataRow(new[] { 1.5, 0.125 }, "is not made of shares")]
    [DataRow(new[] { 0.75, -0.125 }, "is not made of shares")]
    [DataRow(new[] { 0.75, 0 }, "is not made of shares")]
    [DataRow(new[] { 0.75, double.NaN }, "is not made of shares")]
    [DataRow(new[] { double.PositiveInfinity, 0.125 }, "is not made of shares")]
    public void Explained_variance_that_is_no_falling_shares_is_refused(double[] shares, string reason) =>
        AssertRefused(_good with { ExplainedVariance = shares }, $"explained variance {reason}");

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void Mean_score_that_is_not_finite_is_refused(double mean) => AssertRefused(_good with { ScoreMean = [2, mean] }, "mean score has values that are not finite");

    [TestMethod]
    public void Score_distribution_that_has_no_scale_is_refused()
    {
        AssertRefused(_good with { Whitening = [1, float.NaN, -0.5f, 1] }, "score distribution is not made of finite numbers");
        AssertRefused(_good with { Whitening = [1, float.PositiveInfinity, -0.5f, 1] }, "score distribution is not made of finite numbers");
        AssertRefused(_good with { Whitening = [1, 0, -0.5f, 0] }, "direction without scale");
        AssertRefused(_good with { Whitening = [0, 0, 0, 0] }, "direction without scale");
        AssertRefused(_good with { Whitening = [1, 0, 0, 1, 1, 1], KeptDirections = 3 }, "as many as its rank has pairs at most");
    }

    [TestMethod]
    [DataRow(new[] { 0, 4f, 0.25f }, "do not ascend")]
    [DataRow(new[] { 0, float.NaN, 4 }, "no numbers")]
    [DataRow(new[] { float.NaN, 0.25f, 4 }, "no numbers")]
    [DataRow(new[] { -0.5f, 0.25f, 4 }, "negative")]
    [DataRow(new[] { 0.5f, 0.25f, float.PositiveInfinity }, "infinite")]
    [DataRow(new[] { 0.5f }, "it has 1 percentiles")]
    public void Percentiles_that_are_none_are_refused(float[] percentiles, string reason)
    {
        AssertRefused(_good with { Percentiles = percentiles }, reason);
        AssertRefused(_good with { WithinPercentiles = percentiles }, reason);
    }

    [TestMethod]
    public void Calibration_of_one_distance_without_the_other_is_refused()
    {
        AssertRefused(_good with { Percentiles = [] }, "calibration is incomplete");
        AssertRefused(_good with { WithinPercentiles = [] }, "calibration is incomplete");
        AssertRefused(_good with { ScoreMean = null, OutputColumnNames = ["D", "P", "O", null, null] }, "calibration is incomplete");
    }

    [TestMethod]
    [DataRow("WD", null)]
    [DataRow(null, "WP")]
    public void Column_for_a_distance_that_is_not_defined_is_refused(string? distance, string? probability) => AssertRefused(
        _good with { ScoreMean = null, WithinPercentiles = [], OutputColumnNames = ["D", "P", "O", distance, probability] },
        "a column for the distance within the hyperplane");

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(-0.5)]
    [DataRow(1.01)]
    [DataRow(double.NaN)]
    public void Outlier_probability_out_of_range_is_refused(double probability) =>
        AssertRefused(_good with { OutlierProbability = probability }, "outlier probability");

    [TestMethod]
    public void Column_names_that_no_options_can_have_are_refused()
    {
        AssertRefused(_good with { InputColumnName = null }, "names no input column");
        AssertRefused(_good with { InputColumnName = " " }, "empty or white space");
        AssertRefused(_good with { OutputColumnNames = ["D", "", "O", "WD", "WP"] }, "empty or white space");
        AssertRefused(_good with { OutputColumnNames = ["D", "P", "O", "D", "WP"] }, "'D'");
        AssertRefused(_good with { OutputColumnNames = [null, null, null, null, null] }, "All output columns are null");
    }

    [TestMethod]
    public void Sizes_that_do_not_fit_are_refused()
    {
        AssertRefused(_good with { Rank = 4, Basis = new float[12], ExplainedVariance = new double[4], ScoreMean = null, WithinPercentiles = [], Spectrum = null }, "its rank is 4 and its dimension 3");
        AssertRefused(_good with { PercentileCount = 1 }, "number of percentiles is 1");
    }

    [TestMethod]
    public void Version_1_tells_neither_spectrum_nor_calibration_rows_and_is_loaded()
    {
        ModelledEmbedding embedding = Load(_good with { Version = 1 }).Embedding;

        Assert.IsTrue(embedding.IsCalibrated);
        Assert.IsNull(embedding.Spectrum);
        Assert.AreEqual((0L, 0L, false), (embedding.CalibrationRowCount, embedding.TrainingRowCount, embedding.Normalizes));
    }

    [TestMethod]
    public void What_version_2_adds_is_loaded()
    {
        ModelledEmbedding embedding = Load(_good with { Normalizes = true }).Embedding;

        CollectionAssert.AreEqual(new[] { 0.75, 0.125, 0.125 }, embedding.Spectrum!.ToArray());
        Assert.AreEqual((40L, 160L, true), (embedding.CalibrationRowCount, embedding.TrainingRowCount, embedding.Normalizes));
        Assert.AreEqual("Camera 7", Load(_good).ModelName);
        Assert.IsNull(Load(_good with { ModelName = null }).ModelName);
        Assert.AreEqual(1f, embedding.DistanceToHyperplane([8, -6, 0])[0], 1e-6f);
        Assert.IsNull(Load(_good with { Spectrum = null }).Embedding.Spectrum);
    }

    [TestMethod]
    public void Spectrum_that_is_not_that_of_the_hyperplane_is_refused()
    {
        AssertRefused(_good with { Spectrum = [0.75, 0.25, 0] }, "not that of its explained variance");
        AssertRefused(_good with { Spectrum = [0.75, 0.125, 0.25] }, "spectrum is not made of shares");
        AssertRefused(_good with { Spectrum = [0.75, 0.125, -0.125] }, "spectrum is not made of shares");
        AssertRefused(_good with { Spectrum = [0.75, 0.125, double.NaN] }, "spectrum is not made of shares");
        AssertRefused(_good with { ExplainedVariance = [0.5, 0.125], Spectrum = [0.5, 0.125, 0.375] }, "spectrum does not fall");
    }

    [TestMethod]
    public void Numbers_of_calibration_rows_that_contradict_the_calibration_are_refused()
    {
        AssertRefused(_good with { CalibrationRowCount = -1 }, "calibrated on -1 rows");
        AssertRefused(_good with { Percentiles = [], WithinPercentiles = [] }, "calibrated on 40 rows");
    }

    [TestMethod]
    public void Number_of_training_rows_and_name_that_no_model_can_have_are_refused()
    {
        AssertRefused(_good with { TrainingRowCount = -1 }, "fitted to -1 rows");
        AssertRefused(_good with { ModelName = " " }, "name of the model is empty or white space");
    }

    private static void AssertRefused(StoredDetector stored, string reason) =>
        Assert.Contains(reason, ZipAssert.IsRefused<InvalidDataException>(_zip.Value.WithPayload("DIMEMODL", stored.InZip()), reason).Message);

    private static DimeTransformer Load(StoredDetector stored) => _zip.Value.WithPayload("DIMEMODL", stored.InZip()).Load();

    private static ModelZip Create()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(60));
        return ModelZip.Save(mlContext, mlContext.Transforms.DetectOutOfDistribution(rank: 2).Fit(data), data.Schema);
    }
}
