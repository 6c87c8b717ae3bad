using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection;

[TestClass]
public sealed class DimeOptionsTests
{
    [TestMethod]
    public void Defaults_are_the_documented_ones()
    {
        var options = new DimeOptions();

        Assert.AreEqual("Features", options.InputColumnName);
        Assert.AreEqual("DimeDistance", options.DistanceColumnName);
        Assert.AreEqual("DimeProbability", options.ProbabilityColumnName);
        Assert.AreEqual("IsOutOfDistribution", options.OutlierColumnName);
        Assert.IsNull(options.WithinDistanceColumnName);
        Assert.IsNull(options.WithinProbabilityColumnName);
        Assert.IsNull(options.ExampleWeightColumnName);
        Assert.AreEqual(0.99, options.ExplainedVarianceThreshold);
        Assert.IsNull(options.Rank);
        Assert.AreEqual(5000, options.PercentileCount);
        Assert.AreEqual(0.95, options.OutlierProbability);
        Assert.IsTrue(options.Calibration.Rows.IsHeldOut);
        Assert.AreEqual(0.2, options.Calibration.Rows.Share);
        Assert.AreEqual(20_000, options.Calibration.Rows.MaxRows);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(-0.5)]
    [DataRow(1.0000001)]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void Shares_outside_0_to_1_are_rejected_by_name(double value)
    {
        AssertRejected<ArgumentOutOfRangeException>("ExplainedVarianceThreshold", () => new DimeOptions { ExplainedVarianceThreshold = value });
        AssertRejected<ArgumentOutOfRangeException>("OutlierProbability", () => new DimeOptions { OutlierProbability = value });
    }

    [TestMethod]
    public void Counts_that_are_too_small_are_rejected_by_name()
    {
        AssertRejected<ArgumentOutOfRangeException>("Rank", () => new DimeOptions { Rank = 0 });
        AssertRejected<ArgumentOutOfRangeException>("PercentileCount", () => new DimeOptions { PercentileCount = 1 });
    }

    [TestMethod]
    public void Values_at_the_end_of_their_ranges_are_accepted()
    {
        var options = new DimeOptions { ExplainedVarianceThreshold = 1, OutlierProbability = 1, Rank = 1, PercentileCount = 2 };

        Assert.AreEqual((1.0, 1.0, 1, 2), (options.ExplainedVarianceThreshold, options.OutlierProbability, options.Rank, options.PercentileCount));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" \t")]
    public void Blank_names_are_rejected_by_property(string name)
    {
        AssertRejected<ArgumentException>("InputColumnName", () => new DimeOptions { InputColumnName = name });
        AssertRejected<ArgumentException>("DistanceColumnName", () => new DimeOptions { DistanceColumnName = name });
        AssertRejected<ArgumentException>("ProbabilityColumnName", () => new DimeOptions { ProbabilityColumnName = name });
        AssertRejected<ArgumentException>("OutlierColumnName", () => new DimeOptions { OutlierColumnName = name });
        AssertRejected<ArgumentException>("WithinDistanceColumnName", () => new DimeOptions { WithinDistanceColumnName = name });
        AssertRejected<ArgumentException>("WithinProbabilityColumnName", () => new DimeOptions { WithinProbabilityColumnName = name });
        AssertRejected<ArgumentException>("ExampleWeightColumnName", () => new DimeOptions { ExampleWeightColumnName = name });
    }

    [TestMethod]
    public void Null_is_no_input_column_and_no_calibration()
    {
        AssertRejected<ArgumentException>("InputColumnName", () => new DimeOptions { InputColumnName = null! });
        ArgumentNullException error = Assert.ThrowsExactly<ArgumentNullException>(() => new DimeOptions { Calibration = null! });
        Assert.Contains("Calibration.None", error.Message);
    }

    [TestMethod]
    public void Two_equal_output_names_are_an_error_of_the_estimator()
    {
        var options = new DimeOptions { DistanceColumnName = "Same", WithinDistanceColumnName = "Same" };

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new DimeEstimator(new MLContext(), options));

        Assert.AreEqual("options", error.ParamName);
        Assert.Contains("'Same'", error.Message);
    }

    [TestMethod]
    public void No_output_name_at_all_is_an_error_of_the_estimator()
    {
        var options = new DimeOptions { DistanceColumnName = null, ProbabilityColumnName = null, OutlierColumnName = null };

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new DimeEstimator(new MLContext(), options));

        Assert.AreEqual("options", error.ParamName);
        Assert.Contains("at least one", error.Message);
    }

    [TestMethod]
    public void Catalog_passes_its_arguments_on_and_checks_them()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(50));

        DimeTransformer model = mlContext.Transforms.DetectOutOfDistribution("Features", rank: 3, outlierProbability: 0.9).Fit(data);

        Assert.AreEqual("Features", model.InputColumnName);
        Assert.AreEqual(3, model.Embedding.Rank);
        Assert.AreEqual(0.9, model.OutlierProbability);
        AssertRejected<ArgumentOutOfRangeException>(
            "ExplainedVarianceThreshold", () => mlContext.Transforms.DetectOutOfDistribution(explainedVarianceThreshold: 1.5));
        Assert.ThrowsExactly<ArgumentNullException>(() => mlContext.Transforms.DetectOutOfDistribution((DimeOptions)null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new DimeEstimator(null!));
    }

    [TestMethod]
    [DataRow(0.0, 10, "share")]
    [DataRow(1.0, 10, "share")]
    [DataRow(-0.1, 10, "share")]
    [DataRow(double.NaN, 10, "share")]
    [DataRow(0.2, 0, "maxRows")]
    [DataRow(0.2, -5, "maxRows")]
    public void Held_out_arguments_have_ranges(double share, int maxRows, string name) =>
        Assert.AreEqual(name, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Calibration.HeldOut(share, maxRows)).ParamName);

    private static void AssertRejected<TException>(string name, Func<object> create)
        where TException : ArgumentException =>
        Assert.AreEqual(name, Assert.ThrowsExactly<TException>(create).ParamName);
}
