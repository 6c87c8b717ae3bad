using Dime.MLNet.Tests.Detection.Ensembles;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Detection.Training;

/// <summary>Sums that do not belong together are refused, with what differs and in which part.</summary>
[TestClass]
public sealed class RefusedSumsTests
{
    private static readonly AccumulationOptions _first = new() { Source = "first" };
    private static readonly AccumulationOptions _second = new() { Source = "second" };

    public static IEnumerable<(DimeOptions Options, string Name, string Value, string Other)> DifferentOptions =>
    [
        (new DimeOptions { InputColumnName = "Other" }, "InputColumnName", "'Features'", "'Other'"),
        (new DimeOptions { NormalizeEmbeddings = true }, "NormalizeEmbeddings", "false", "true"),
        (new DimeOptions { ExampleWeightColumnName = "Weight" }, "ExampleWeightColumnName", "null", "'Weight'"),
        (new DimeOptions { Calibration = Calibration.None }, "Calibration", "HeldOut(0.2, 20000)", "None"),
        (new DimeOptions { Calibration = Calibration.TrainingSet }, "Calibration", "HeldOut(0.2, 20000)", "TrainingSet(20000)"),
        (new DimeOptions { Calibration = Calibration.HeldOut(0.3) }, "Calibration", "HeldOut(0.2, 20000)", "HeldOut(0.3, 20000)"),
        (new DimeOptions { Calibration = Calibration.HeldOut(0.2, 10) }, "Calibration", "HeldOut(0.2, 20000)", "HeldOut(0.2, 10)"),
    ];

    public static IEnumerable<(EnsembleOptions Options, string Name)> DifferentEnsembles =>
    [
        (new EnsembleOptions { Scores = [.. TensorRow.Scores.Reverse()], LogitsColumnName = "Logits" }, "Scores"),
        (new EnsembleOptions { Scores = [OutOfDistributionScore.ClassMahalanobis("Early", weight: 0.5), .. TensorRow.Scores.Skip(1)], LogitsColumnName = "Logits" }, "Scores"),
        (new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = "Text" }, "ClassColumnName"),
        (new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Early" }, "LogitsColumnName"),
        (new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ExampleWeightColumnName = "Weight" }, "ExampleWeightColumnName"),
        (new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", Calibration = Calibration.HeldOut(0.1) }, "Calibration"),
    ];

    [TestMethod]
    [DynamicData(nameof(DifferentOptions))]
    public void Parts_and_estimators_with_other_options_are_refused(DimeOptions options, string name, string value, string other)
    {
        DimeSums first = Accumulate(new DimeOptions(), _first);

        string merge = Assert.ThrowsExactly<ArgumentException>(() => DetectorSums.Merge([first, Accumulate(options, _second)])).Message;
        string fit = Assert.ThrowsExactly<ArgumentException>(() => new DimeEstimator(new MLContext(seed: 1), options).Fit(first)).Message;

        Assert.Contains("'second'", merge);
        Assert.Contains("'first'", merge);
        Assert.Contains($"{name} is {other}, not {value}", merge);
        Assert.Contains($"{name} is {other}, not {value}", fit);
    }

    [TestMethod]
    [DynamicData(nameof(DifferentEnsembles))]
    public void Parts_and_estimators_of_other_ensembles_are_refused(EnsembleOptions options, string name)
    {
        EnsembleSums first = Accumulate(TensorRow.Options, _first), second = Accumulate(options, _second);

        Assert.Contains($"{name} is ", Assert.ThrowsExactly<ArgumentException>(() => DetectorSums.Merge([first, second])).Message);
        Assert.Contains($"{name} is ", Assert.ThrowsExactly<ArgumentException>(() => new EnsembleEstimator(new MLContext(seed: 1), options).Fit(first)).Message);
    }

    [TestMethod]
    public void Another_seed_is_refused()
    {
        string message = Refused(Accumulate(new DimeOptions(), _first), Accumulate(new DimeOptions(), _second, seed: 2));

        Assert.Contains("the seed is 2, not 1", message);
    }

    [TestMethod]
    [DataRow("layer", "l4", "property 'layer' is 'l4', not 'l3'")]
    [DataRow("other", "l3", "property 'other' is 'l3', not missing")]
    public void Other_properties_are_refused(string name, string value, string expected)
    {
        DimeSums first = Accumulate(new DimeOptions(), new AccumulationOptions { Source = "first", Properties = new Dictionary<string, string> { ["layer"] = "l3" } });
        DimeSums second = Accumulate(new DimeOptions(), new AccumulationOptions { Source = "second", Properties = new Dictionary<string, string> { [name] = value } });

        Assert.Contains(expected, Refused(first, second));
    }

    [TestMethod]
    public void Other_lengths_are_refused()
    {
        var mlContext = new MLContext(seed: 1);
        DimeSums longer = new DimeEstimator(mlContext, new DimeOptions { InputColumnName = "Late", Calibration = Calibration.None })
            .Accumulate(mlContext.Data.LoadFromEnumerable(TensorRow.Create(50, 1)), _first);
        IDataView shorter = mlContext.Transforms.CopyColumns("Late", "Features").Fit(Load(mlContext)).Transform(Load(mlContext));
        DimeSums second = new DimeEstimator(mlContext, new DimeOptions { InputColumnName = "Late", Calibration = Calibration.None }).Accumulate(shorter, _second);

        Assert.Contains("the length of column 'Late' is 6, not 70", Refused(longer, second));
    }

    [TestMethod]
    public void Other_kinds_are_refused()
    {
        string message = Refused(Accumulate(new DimeOptions(), _first), Accumulate(TensorRow.Options, _second));

        Assert.Contains("'second' are for an ensemble", message);
        Assert.Contains("'first'", message);
        Assert.Contains("for a hyperplane", message);
    }

    [TestMethod]
    public void Part_that_is_given_twice_is_found()
    {
        DimeSums first = Accumulate(new DimeOptions(), _first), second = Accumulate(new DimeOptions(), _second);

        Assert.Contains("'first' are there twice", Refused(first, second, Orders.Reloaded(first)));
        Assert.Contains("'second' are there twice", Refused(DetectorSums.Merge([first, second]), Accumulate(new DimeOptions(), _second)));
        Assert.AreEqual(first.Identity, Accumulate(new DimeOptions(), _first).Identity);
        Assert.AreEqual(first.Identity, Orders.Reloaded(first).Identity);
        Assert.AreNotEqual(first.Identity, second.Identity);
    }

    [TestMethod]
    public void Other_rows_of_the_same_source_are_refused() =>
        Assert.Contains(
            "Rows of 'first' are in two", Refused(Accumulate(new DimeOptions(), _first), Accumulate(new DimeOptions(), _first, rows: 60)));

    [TestMethod]
    public void Parts_without_a_name_merge_with_none()
    {
        DimeSums unnamed = Accumulate(new DimeOptions(), new AccumulationOptions());

        Assert.Contains("AccumulationOptions.Source", Refused(unnamed, Accumulate(new DimeOptions(), _second)));
        Assert.Contains("AccumulationOptions.Source", Refused(Accumulate(new DimeOptions(), _second), unnamed));
        Assert.Contains("AccumulationOptions.Source", Refused(unnamed, Accumulate(new DimeOptions(), new AccumulationOptions(), rows: 70)));
        Assert.AreEqual(unnamed.RowCount, DetectorSums.Merge([unnamed]).RowCount);
    }

    [TestMethod]
    public void Arguments_that_are_nothing_are_refused()
    {
        DimeSums first = Accumulate(new DimeOptions(), _first);

        Assert.Contains("at least those of one part", Refused());
        Assert.Contains("is null", Refused(first, null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => DetectorSums.Merge<DimeSums>(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new DimeEstimator(new MLContext()).Fit((DimeSums)null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new DimeEstimator(new MLContext()).Accumulate(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new AccumulationOptions { Source = null! });
        Assert.ThrowsExactly<ArgumentNullException>(() => new AccumulationOptions { Properties = null! });
        Assert.ThrowsExactly<ArgumentException>(() => new AccumulationOptions { Properties = new Dictionary<string, string> { [" "] = "" } });
        Assert.ThrowsExactly<ArgumentException>(() => new AccumulationOptions { Properties = new Dictionary<string, string> { ["a"] = null! } });
    }

    private static string Refused(params DetectorSums[] parts) => Assert.ThrowsExactly<ArgumentException>(() => DetectorSums.Merge(parts)).Message;

    private static DimeSums Accumulate(DimeOptions options, AccumulationOptions part, int seed = 1, int rows = 50)
    {
        var mlContext = new MLContext(seed);
        return new DimeEstimator(mlContext, options).Accumulate(Load(mlContext, rows), part);
    }

    private static EnsembleSums Accumulate(EnsembleOptions options, AccumulationOptions part)
    {
        var mlContext = new MLContext(seed: 1);
        return new EnsembleEstimator(mlContext, options).Accumulate(mlContext.Data.LoadFromEnumerable(TensorRow.Create(60, 1)), part);
    }

    private static IDataView Load(MLContext mlContext, int rows = 50)
    {
        IDataView data = mlContext.Data.LoadFromEnumerable(Embeddings.Create(rows));
        return mlContext.Transforms.CopyColumns("Other", nameof(EmbeddingRow.Features)).Fit(data).Transform(data);
    }
}
