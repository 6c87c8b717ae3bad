using System.Globalization;
using System.Text.RegularExpressions;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Dime.MLNet.Tests.Mapping;

/// <summary>What is said of a row that cannot be read, where rows are read in blocks.</summary>
[TestClass]
public sealed class FailingRowTests
{
    private const int Bad = 37;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    [DataRow("Features", "", DisplayName = "scored")]
    [DataRow("Features", "Features", DisplayName = "scored and handed on")]
    [DataRow("Note", "Note", DisplayName = "handed on")]
    public void Error_of_a_column_names_it_and_the_row_and_keeps_its_cause(string failing, string handedOn)
    {
        Exception error = ErrorOf(Model().Transform(Data(failing, new FormatException("bad row"))), handedOn);

        Assert.IsInstanceOfType<InvalidOperationException>(error);
        Assert.AreEqual($"Column '{failing}' could not be read at row {Bad} (counted from 0): bad row", error.Message);
        Assert.IsInstanceOfType<FormatException>(error.InnerException);
    }

    [TestMethod]
    public void Error_of_a_stage_that_ML_NET_runs_ahead_names_a_row_that_is_not_behind_it()
    {
        Exception error = ErrorOf(Model().Transform(Mapping(new FormatException("bad row")).Transform(Data())));

        Assert.IsInstanceOfType<InvalidOperationException>(error);
        Match row = Regex.Match(error.Message, @"[Rr]ow (\d+) \(counted from 0\)");
        Assert.IsTrue(row.Success, error.Message);
        Assert.IsInRange(0, Bad, int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.EndsWith(": bad row", error.Message);
        Assert.IsInstanceOfType<FormatException>(error.GetBaseException());
    }

    [TestMethod]
    [DataRow("Features")]
    [DataRow("Weight")]
    public void Fit_and_calibrate_name_the_column_and_the_row_too(string failing)
    {
        IDataView data = Data(failing, new FormatException("bad row"));
        DimeEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(
            new DimeOptions { Rank = 2, ExampleWeightColumnName = failing == "Weight" ? "Weight" : null });
        var reads = new List<Action> { () => estimator.Fit(data), () => estimator.Fit(data, Data()) };
        if (failing == "Features")
        {
            reads.AddRange([() => Model().Calibrate(data), () => estimator.Fit(Data(), data)]);
        }

        foreach (Action read in reads)
        {
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(read);

            Assert.AreEqual($"Column '{failing}' could not be read at row {Bad} (counted from 0): bad row", error.Message);
            Assert.IsInstanceOfType<FormatException>(error.InnerException);
        }
    }

    [TestMethod]
    public void Fit_names_a_row_that_is_not_behind_the_one_ML_NET_ran_ahead_to()
    {
        IDataView data = Mapping(new FormatException("bad row")).Transform(Data());

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(data));

        Match row = Regex.Match(error.Message, @"[Rr]ow (\d+) \(counted from 0\)");
        Assert.IsTrue(row.Success, error.Message);
        Assert.IsInRange(0, Bad, int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.IsInstanceOfType<FormatException>(error.GetBaseException());
    }

    [TestMethod]
    public void Several_stages_say_it_once()
    {
        DimeTransformer second = _mlContext.Transforms
            .DetectOutOfDistribution(new DimeOptions { Rank = 2, Calibration = Calibration.None, DistanceColumnName = "Second" }).Fit(Data());

        Exception error = ErrorOf(second.Transform(Model().Transform(Data("Features", new FormatException("bad row")))), "Second");

        Assert.AreEqual($"Column 'Features' could not be read at row {Bad} (counted from 0): bad row", error.Message);
    }

    [TestMethod]
    public void Cancellation_and_disposal_are_no_fault_of_a_row()
    {
        foreach (Exception cause in new Exception[] { new OperationCanceledException(), new ObjectDisposedException("source") })
        {
            Assert.AreSame(cause, ErrorOf(Model().Transform(Data("Features", cause))));
            Assert.DoesNotContain("could not be read", ErrorOf(Model().Transform(Mapping(cause).Transform(Data()))).Message);
        }
    }

    [TestMethod]
    public void Single_row_fails_with_the_original_error_and_the_next_one_is_scored()
    {
        using var model = new TransformerChain<ITransformer>(Mapping(new FormatException("bad row")), Model());
        using PredictionEngine<EmbeddingRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<EmbeddingRow, ScoredRow>(model);
        List<EmbeddingRow> rows = Embeddings.Create(Bad + 1);
        rows[Bad].Number = Bad;
        float expected = engine.Predict(rows[3]).DimeDistance;

        FormatException error = Assert.ThrowsExactly<FormatException>(() => engine.Predict(rows[Bad]));

        Assert.AreEqual("bad row", error.Message);
        Assert.AreEqual(expected, engine.Predict(rows[3]).DimeDistance);
    }

    private static Exception ErrorOf(IDataView scored, string handedOn = "")
    {
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema.Where(column => column.Name == "DimeDistance" || column.Name == handedOn));
        try
        {
            while (cursor.MoveNext())
            {
            }
        }
        catch (Exception exception)
        {
            return exception;
        }

        throw new AssertFailedException("All rows were read.");
    }

    private DimeTransformer Model() => _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated).Fit(Data());

    private IDataView Data(string failing = "", Exception? cause = null) => _mlContext.Data.LoadFromEnumerable(
        Embeddings.Create(Bad + 20).Select((row, i) => new FailingRow(row.Features, i == Bad ? failing : "", cause) { Number = i }));

    private CustomMappingTransformer<Numbered, Checked> Mapping(Exception cause) => _mlContext.Transforms.CustomMapping<Numbered, Checked>(
        (source, target) => target.Features = source.Number == Bad ? throw cause : source.Features, contractName: null).Fit(Data());

    private sealed class FailingRow(float[] features, string failing, Exception? cause)
    {
        public int Number { get; set; }

        [VectorType(Embeddings.Dimension)]
        public float[] Features { get => failing == nameof(Features) ? throw cause! : features; set => throw new NotSupportedException(); }

        public float Weight { get => failing == nameof(Weight) ? throw cause! : 1; set => throw new NotSupportedException(); }

        public float Note { get => failing == nameof(Note) ? throw cause! : 1; set => throw new NotSupportedException(); }
    }

    private sealed class Numbered
    {
        public int Number { get; set; }

        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Checked
    {
        [VectorType(Embeddings.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
