using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Embeddings = Dime.MLNet.Tests.Fixtures.Embeddings;

namespace Dime.MLNet.Tests.Detection.Ensembles;

/// <summary>An ensemble in a pipeline is that of plain arrays.</summary>
[TestClass]
public sealed class EnsembleFitTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Columns_are_those_of_the_same_fit_on_plain_arrays_to_the_bit()
    {
        List<TensorRow> train = TensorRow.Create(900, 1), calibration = TensorRow.Create(300, 2), rows = TensorRow.Create(200, 3);
        rows[17].Late[4] = float.NaN;
        rows[40].Early[0] = float.PositiveInfinity;
        var sums = new EnsembleAccumulator(TensorRow.Layout, TensorRow.Scores, "Logits");
        sums.Add(TensorRow.Flatten(train));
        ModelledEnsemble expected = sums.Fit().Calibrate(TensorRow.Flatten(calibration), 250);

        EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
        {
            Scores = TensorRow.Scores,
            LogitsColumnName = "Logits",
            ScoreProbabilitiesColumnName = "ByScore",
            PercentileCount = 250,
        }).Fit(Load(train), Load(calibration));
        IDataView scored = model.Transform(Load(rows));

        float[] flat = TensorRow.Flatten(rows), probabilities = expected.Probability(flat);
        PrecisionAssert.SameBits(expected.Statistic(flat), [.. scored.GetColumn<float>("DimeDistance")]);
        PrecisionAssert.SameBits(probabilities, [.. scored.GetColumn<float>("DimeProbability")]);
        PrecisionAssert.SameBits(expected.ScoreProbabilities(flat), [.. scored.GetColumn<float[]>("ByScore").SelectMany(value => value)]);
        bool[] flags = [.. scored.GetColumn<bool>("IsOutOfDistribution")];
        CollectionAssert.AreEqual(probabilities.Select(p => p >= 0.95f).ToArray(), flags);
        Assert.IsTrue(flags[17] && flags[40]);
        Assert.AreEqual((true, 300L), (model.IsCalibrated, model.CalibrationRowCount));
    }

    [TestMethod]
    public void Scores_by_name_are_slots_of_the_vector()
    {
        EnsembleTransformer model = Fit(With(byScore: "ByScore"));
        IDataView scored = model.Transform(Load(TensorRow.Create(3, 3)));

        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["ByScore"].GetSlotNames(ref names);

        CollectionAssert.AreEqual(
            new[] { "ClassMahalanobis(Early)", "RelativeMahalanobis(Late, normalized)", "Energy(Logits)" },
            names.DenseValues().Select(name => name.ToString()).ToArray());
        Assert.AreEqual("ByScore", model.ScoreProbabilitiesColumnName);
        Assert.IsNull(Fit(TensorRow.Options).Transform(Load(TensorRow.Create(3, 3))).Schema.GetColumnOrNull("ByScore"));
    }

    [TestMethod]
    [DataRow(nameof(TensorRow.Text))]
    [DataRow(nameof(TensorRow.Whole))]
    [DataRow(nameof(TensorRow.Single))]
    [DataRow("KeyWithNames")]
    [DataRow("KeyOfNumbers")]
    public void Classes_of_a_column_are_those_of_the_logits_when_they_are_the_same(string column)
    {
        IDataView train = WithKeys(Load(TensorRow.Create(900, 1)));
        IDataView rows = Load(TensorRow.Create(100, 3));
        EnsembleTransformer ofLogits = _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options).Fit(train);

        // Also with rows that a full sample pushes out again, which must take their classes with them.
        EnsembleTransformer ofColumn = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = column }).Fit(train);

        CollectionAssert.AreEqual(Embeddings.BitsOf(ofLogits.Transform(rows)), Embeddings.BitsOf(ofColumn.Transform(rows)));
    }

    [TestMethod]
    public void Rows_that_a_full_sample_pushes_out_keep_class_and_weight()
    {
        IDataView train = Load(TensorRow.Create(900, 1));
        IDataView rows = Load(TensorRow.Create(100, 3));
        EnsembleOptions With(string? logits, string? classes) => new()
        {
            Scores = TensorRow.Scores,
            LogitsColumnName = logits,
            ClassColumnName = classes,
            ExampleWeightColumnName = nameof(TensorRow.Weight),
            Calibration = Calibration.HeldOut(0.9, maxRows: 30),
        };

        EnsembleTransformer ofLogits = _mlContext.Transforms.DetectOutOfDistribution(With("Logits", null)).Fit(train);
        EnsembleTransformer ofColumn = _mlContext.Transforms.DetectOutOfDistribution(With(null, nameof(TensorRow.Text))).Fit(train);

        Assert.AreEqual(30, ofColumn.CalibrationRowCount);
        CollectionAssert.AreEqual(Embeddings.BitsOf(ofLogits.Transform(rows)), Embeddings.BitsOf(ofColumn.Transform(rows)));
    }

    [TestMethod]
    public void Boolean_classes_are_two()
    {
        EnsembleTransformer model = Fit(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = nameof(TensorRow.IsOdd) });

        CollectionAssert.AreEqual(new[] { "false", "true" }, model.Ensemble.ClassNames.ToArray());
    }

    [TestMethod]
    public void Key_names_are_the_names_of_classes()
    {
        EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = "KeyWithNames" })
            .Fit(WithKeys(Load(TensorRow.Create(400, 1))));

        CollectionAssert.AreEqual(Enumerable.Range(0, 6).Select(i => $"kind {i}").ToArray(), model.Ensemble.ClassNames.ToArray());
    }

    [TestMethod]
    public void Whole_numbers_of_many_digits_are_classes_of_their_own()
    {
        const int First = 16_777_200; // up to 2²⁴ floats hold each
        List<TensorRow> rows = TensorRow.Create(400, 1);
        for (int i = 0; i < rows.Count; i++)
        {
            rows[i].Whole = First + (i % 3);
            rows[i].Single = rows[i].Whole;
        }

        IDataView train = _mlContext.Transforms.Conversion.ConvertType("Double", nameof(TensorRow.Whole), DataKind.Double).Fit(Load(rows)).Transform(Load(rows));
        foreach (string column in (string[])[nameof(TensorRow.Whole), nameof(TensorRow.Single), "Double"])
        {
            EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = column }).Fit(train);

            CollectionAssert.AreEqual(new[] { "16777200", "16777201", "16777202" }, model.Ensemble.ClassNames.ToArray(), column);
        }
    }

    [TestMethod]
    public void Zero_of_either_sign_is_one_class()
    {
        List<TensorRow> rows = TensorRow.Create(400, 1);
        for (int i = 0; i < rows.Count; i++)
        {
            rows[i].Single = i % 2 == 0 ? -0f : 1;
        }

        EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = nameof(TensorRow.Single) }).Fit(Load(rows));

        CollectionAssert.AreEqual(new[] { "0", "1" }, model.Ensemble.ClassNames.ToArray());
    }

    [TestMethod]
    [DataRow("KeyOfNumbers", nameof(TensorRow.Whole))]
    [DataRow("KeyOfBooleans", nameof(TensorRow.IsOdd))]
    public void Keys_of_values_that_are_no_text_name_classes_as_the_values_do(string key, string values)
    {
        IDataView train = WithKeys(Load(TensorRow.Create(400, 1)));
        string[] NamesOf(string column) =>
            [.. _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = column }).Fit(train).Ensemble.ClassNames];

        CollectionAssert.AreEqual(NamesOf(values), NamesOf(key));
    }

    [TestMethod]
    public void Logits_that_only_give_classes_are_read_when_fitting_only()
    {
        OutOfDistributionScore[] scores = [OutOfDistributionScore.RelativeMahalanobis("Late"), OutOfDistributionScore.ClassMahalanobis("Early")];
        var options = new EnsembleOptions { Scores = scores, LogitsColumnName = "Logits" };
        IDataView train = Load(TensorRow.Create(900, 1));
        IDataView rows = Without("Logits", TensorRow.Create(100, 3)), calibration = Without("Logits", TensorRow.Create(200, 2));
        EnsembleTransformer Known() => _mlContext.Transforms
            .DetectOutOfDistribution(new EnsembleOptions { Scores = scores, ClassColumnName = nameof(TensorRow.Text) }).Fit(train);
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(options);

        EnsembleTransformer model = estimator.Fit(train);

        CollectionAssert.AreEqual(new[] { "Late", "Early" }, model.InputColumnNames.ToArray());
        CollectionAssert.AreEqual(Embeddings.BitsOf(Known().Transform(rows)), Embeddings.BitsOf(model.Transform(rows)));
        CollectionAssert.AreEqual(
            Embeddings.BitsOf(Known().Calibrate(calibration).Transform(rows)), Embeddings.BitsOf(model.Calibrate(calibration).Transform(rows)));
        Assert.AreEqual(200, estimator.Fit(train, calibration).CalibrationRowCount);
        Assert.Contains("'Logits'", Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(calibration)).Message);
        Assert.Contains("'Logits'", Assert.ThrowsExactly<ArgumentException>(() => estimator.GetOutputSchema(MLNetInternals.ShapeOf(calibration.Schema))).Message);
    }

    [TestMethod]
    public void Rows_that_are_left_out_for_their_logits_are_told_with_that_column()
    {
        var log = new ContextLog(_mlContext);
        List<TensorRow> train = TensorRow.Create(300, 1);
        train[3].Logits[1] = float.NaN;

        _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = [OutOfDistributionScore.ClassMahalanobis("Early")], LogitsColumnName = "Logits" })
            .Fit(Load(train), Load(TensorRow.Create(200, 2)));

        Assert.Contains("1 of 300 rows were left out: columns 'Early', 'Logits' have values", log.Warnings.Single());
    }

    [TestMethod]
    public void Weights_are_repetitions()
    {
        List<TensorRow> train = TensorRow.Create(300, 1);
        IDataView calibration = Load(TensorRow.Create(100, 2)), rows = Load(TensorRow.Create(50, 3));

        EnsembleTransformer weighted = _mlContext.Transforms
            .DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ExampleWeightColumnName = nameof(TensorRow.Weight) })
            .Fit(Load(train), calibration);
        EnsembleTransformer repeated = _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options)
            .Fit(Load(train.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight))), calibration);

        // Sums of the same terms in another order.
        float[] expected = [.. repeated.Transform(rows).GetColumn<float>("DimeDistance")], actual = [.. weighted.Transform(rows).GetColumn<float>("DimeDistance")];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-3 * expected[i]);
        }
    }

    [TestMethod]
    public void Fit_reads_the_data_once_and_only_what_it_needs()
    {
        var rows = new CountedRows<TensorRow>(TensorRow.Create(200, 1));

        _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options).Fit(_mlContext.Data.LoadFromEnumerable(rows));

        Assert.AreEqual(200, rows.HandedOut);
    }

    [TestMethod]
    public void Log_tells_scores_classes_rows_and_who_was_left_out()
    {
        var log = new ContextLog(_mlContext);
        List<TensorRow> train = TensorRow.Create(303, 1);
        train[5].Text = " ";
        train[6].Early[3] = float.NaN;
        train[7].Text = "rare";
        EnsembleTransformer model = _mlContext.Transforms
            .DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = nameof(TensorRow.Text) })
            .Fit(Load(train), Load(TensorRow.Create(200, 2)));

        Assert.Contains("3 scores and 6 classes", log.Infos[0]);
        Assert.Contains("301 rows", log.Infos[0]);
        Assert.Contains("columns 'Early', 'Late', 'Logits'", log.Infos[0]);
        Assert.HasCount(3, log.Warnings);
        Assert.Contains("'rare'", log.Warnings[0]);
        Assert.Contains("1 rows were left out: their class in column 'Text' is missing", log.Warnings[1]);
        Assert.Contains("1 of 302 rows were left out", log.Warnings[2]);
        CollectionAssert.AreEqual(new[] { "rare" }, model.Ensemble.LeftOutClassNames.ToArray());
    }

    [TestMethod]
    public void Log_warns_of_weights_that_do_not_count_rows()
    {
        var log = new ContextLog(_mlContext);
        List<TensorRow> train = TensorRow.Create(400, 1);
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(
            new EnsembleOptions { Scores = [OutOfDistributionScore.Mahalanobis("Early")], ExampleWeightColumnName = nameof(TensorRow.Weight) });
        estimator.Fit(Load(train), Load(TensorRow.Create(200, 2)));
        Assert.IsEmpty(log.Warnings);
        train.ForEach(row => row.Weight = 1f / 512);

        estimator.Fit(Load(train), Load(TensorRow.Create(200, 2)));

        Assert.Contains("400 rows in column 'Weight' sum up to 0.7812", log.Warnings.Single());
    }

    [TestMethod]
    public void Log_warns_of_a_hyperplane_that_every_row_lies_in()
    {
        var log = new ContextLog(_mlContext);
        IDataView train = Load(TensorRow.Create(400, 1)), calibration = Load(TensorRow.Create(200, 2));
        EnsembleTransformer Fit(int rank) => _mlContext.Transforms
            .DetectOutOfDistribution(new EnsembleOptions { Scores = [OutOfDistributionScore.Hyperplane("Early", rank: rank), OutOfDistributionScore.Energy("Logits")] })
            .Fit(train, calibration);
        Fit(39);
        Assert.IsEmpty(log.Warnings);

        Fit(40);

        Assert.Contains("The hyperplane of column 'Early' has rank 40 in 40 dimensions", log.Warnings.Single());
    }

    [TestMethod]
    public void Cancelling_the_context_stops_a_fit()
    {
        IEnumerable<TensorRow> Rows()
        {
            List<TensorRow> rows = TensorRow.Create(100, 1);
            for (int i = 0; i < 100_000; i++)
            {
                if (i == 200)
                {
                    MLNetInternals.CancelExecution(_mlContext);
                }

                yield return rows[i % 100];
            }
        }

        var counted = new CountedRows<TensorRow>(Rows());

        Assert.ThrowsExactly<OperationCanceledException>(
            () => _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options).Fit(_mlContext.Data.LoadFromEnumerable(counted)));
        Assert.IsLessThan(50_000, counted.HandedOut);
    }

    private static EnsembleOptions With(string byScore) => new() { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ScoreProbabilitiesColumnName = byScore };

    private EnsembleTransformer Fit(EnsembleOptions options) =>
        _mlContext.Transforms.DetectOutOfDistribution(options).Fit(Load(TensorRow.Create(400, 1)));

    private IDataView Load(IEnumerable<TensorRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private IDataView Without(string column, IEnumerable<TensorRow> rows)
    {
        IDataView data = Load(rows);
        return _mlContext.Transforms.DropColumns(column).Fit(data).Transform(data);
    }

    private IDataView WithKeys(IDataView data) => _mlContext.Transforms.Conversion.MapValueToKey("KeyWithNames", nameof(TensorRow.Text))
        .Append(_mlContext.Transforms.Conversion.MapValueToKey("KeyOfNumbers", nameof(TensorRow.Whole)))
        .Append(_mlContext.Transforms.Conversion.MapValueToKey("KeyOfBooleans", nameof(TensorRow.IsOdd)))
        .Fit(data).Transform(data);
}
