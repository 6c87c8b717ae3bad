using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection.Ensembles;

/// <summary>What cannot be is an error that names the column and the remedy, as early as it can be known.</summary>
[TestClass]
public sealed class EnsembleRejectionTests
{
    private static readonly OutOfDistributionScore[] _withoutClasses = [OutOfDistributionScore.Mahalanobis("Early"), OutOfDistributionScore.Energy("Logits")];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Options_that_contradict_each_other_are_refused_when_the_estimator_is_made()
    {
        Refused(new EnsembleOptions(), "at least one score", "MonitorNetwork");
        Refused(new EnsembleOptions { Scores = TensorRow.Scores }, "ClassMahalanobis(Early)", "LogitsColumnName or ClassColumnName", "Mahalanobis");
        Refused(new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ClassColumnName = "Text" }, "'Logits'", "'Text'", "at once");
        Refused(new EnsembleOptions { Scores = _withoutClasses, LogitsColumnName = "Logits" }, "No score needs the classes", "'Logits'");
        Refused(new EnsembleOptions { Scores = _withoutClasses, ClassColumnName = "Text" }, "No score needs the classes", "'Text'");
        Refused(
            new EnsembleOptions { Scores = [OutOfDistributionScore.Energy("Logits"), OutOfDistributionScore.Energy("Logits", weight: 2)] }, "Energy(Logits) is there twice");
        Refused(new EnsembleOptions { Scores = _withoutClasses, DistanceColumnName = "a", ScoreProbabilitiesColumnName = "a" }, "'a'");
        Refused(
            new EnsembleOptions { Scores = _withoutClasses, DistanceColumnName = null, ProbabilityColumnName = null, OutlierColumnName = null }, "All output columns are null");
        Assert.ThrowsExactly<ArgumentNullException>(() => new EnsembleOptions { Scores = null! });
        Assert.ThrowsExactly<ArgumentNullException>(() => new EnsembleOptions { Scores = [null!] });
        Assert.ThrowsExactly<ArgumentNullException>(() => new EnsembleEstimator(_mlContext, null!));
        Assert.ThrowsExactly<ArgumentException>(() => new EnsembleOptions { LogitsColumnName = " " });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EnsembleOptions { OutlierProbability = 0 });

        void Refused(EnsembleOptions options, params string[] words)
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new EnsembleEstimator(_mlContext, options));
            Assert.AreEqual("options", error.ParamName);
            Array.ForEach(words, word => Assert.Contains(word, error.Message));
        }
    }

    [TestMethod]
    [DataRow("Absent", null, "no column 'Absent'")]
    [DataRow("Text", null, "'Text'")]
    [DataRow("Whole", null, "vector of Single")]
    [DataRow("Early", "Absent", "no column 'Absent'")]
    [DataRow("Early", "Late", "a key, text, a Boolean or a whole number")]
    public void Columns_of_the_wrong_type_are_refused_by_the_shape_and_before_a_row_is_read(string scored, string? classes, string message)
    {
        var rows = new CountedRows<TensorRow>(TensorRow.Create(30, 1));
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
        {
            Scores = [classes is null ? OutOfDistributionScore.Mahalanobis(scored) : OutOfDistributionScore.ClassMahalanobis(scored)],
            ClassColumnName = classes,
        });
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);

        Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema))).Message);
        Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(data)).Message);
        Assert.AreEqual(0, rows.HandedOut);
    }

    [TestMethod]
    public void Logits_of_one_value_are_refused_before_a_row_is_read()
    {
        var rows = new CountedRows<TensorRow>(TensorRow.Create(30, 1));
        IDataView data = _mlContext.Transforms.Concatenate("One", nameof(TensorRow.Single))
            .Fit(_mlContext.Data.LoadFromEnumerable(rows)).Transform(_mlContext.Data.LoadFromEnumerable(rows));

        foreach (EnsembleOptions options in new EnsembleOptions[]
        {
            new() { Scores = [OutOfDistributionScore.Energy("One")] },
            new() { Scores = [OutOfDistributionScore.ClassMahalanobis("Early")], LogitsColumnName = "One" },
        })
        {
            string message = Assert.ThrowsExactly<InvalidOperationException>(() => _mlContext.Transforms.DetectOutOfDistribution(options).Fit(data)).Message;
            Assert.Contains("'One'", message);
            Assert.DoesNotContain("Parameter", message);
        }

        Assert.AreEqual(0, rows.HandedOut);
    }

    [TestMethod]
    public void A_single_class_is_refused_with_what_to_use_instead()
    {
        List<TensorRow> rows = TensorRow.Create(60, 1);
        rows.ForEach(row => row.Text = "all");
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = "Text" });

        string message = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(_mlContext.Data.LoadFromEnumerable(rows))).Message;

        Assert.Contains("2 classes", message);
        Assert.Contains("'Text'", message);
        Assert.Contains("Use Mahalanobis", message);
        Assert.DoesNotContain("weights", message);
    }

    [TestMethod]
    public void Classes_that_only_small_weights_make_too_small_are_refused_with_how_weights_count()
    {
        List<TensorRow> rows = TensorRow.Create(60, 1);
        rows.ForEach(row => row.Weight = 1f / 64);
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(
            new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ExampleWeightColumnName = nameof(TensorRow.Weight) });

        string message = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(_mlContext.Data.LoadFromEnumerable(rows))).Message;

        Assert.Contains("2 classes", message);
        Assert.Contains("Rows count by their weights", message);
    }

    [TestMethod]
    public void Classes_that_are_missing_in_all_rows_are_refused_with_their_column()
    {
        List<TensorRow> rows = TensorRow.Create(60, 1);
        rows.ForEach(row => row.Single = float.NaN);
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = "Single" });

        Assert.Contains("'Single'", Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(_mlContext.Data.LoadFromEnumerable(rows))).Message);
    }

    [TestMethod]
    public void Ids_are_no_classes()
    {
        var row = new IdRow();
        IDataView data = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 70_000).Select(i =>
        {
            row.Id = i;
            return row;
        }));
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(
            new EnsembleOptions { Scores = [OutOfDistributionScore.ClassMahalanobis("Features")], ClassColumnName = "Id", Calibration = Calibration.None });

        string message = Assert.Throws<InvalidOperationException>(() => estimator.Fit(data)).Message;

        Assert.Contains("'Id' has more than 65536 different values", message);
    }

    private sealed class IdRow
    {
        public int Id { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [1, 2];
    }

    [TestMethod]
    public void A_class_that_is_no_whole_number_is_named_with_its_row()
    {
        List<TensorRow> rows = TensorRow.Create(60, 1);
        rows[31].Single = 1.5f;
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions { Scores = TensorRow.Scores, ClassColumnName = "Single" });

        string message = Assert.Throws<InvalidOperationException>(() => estimator.Fit(_mlContext.Data.LoadFromEnumerable(rows))).Message;

        Assert.Contains("'Single' at row 31", message);
        Assert.Contains("1.5", message);
    }

    [TestMethod]
    public void Too_few_rows_and_scores_that_are_constant_are_refused()
    {
        // A fifth of 50 rows is held out.
        IDataView train = _mlContext.Data.LoadFromEnumerable(TensorRow.Create(50, 1));
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options);
        string few = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(train)).Message;
        Assert.Contains("20 rows or more", few);
        Assert.Contains("columns 'Early', 'Late', 'Logits'", few);
        Assert.Contains("of 50 rows that were held out", few);
        string fewCalibrate = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(train, _mlContext.Data.LoadFromEnumerable(TensorRow.Create(5, 1)))).Message;
        Assert.Contains("columns 'Early', 'Late', 'Logits'", fewCalibrate);
        Assert.Contains("there are 5", fewCalibrate);

        List<TensorRow> constant = TensorRow.Create(40, 2);
        constant.ForEach(row => row.Logits = constant[0].Logits);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(train, _mlContext.Data.LoadFromEnumerable(constant))).Message;
        Assert.Contains("Energy(Logits)", message);
        Assert.Contains("'Logits'", message);
    }

    [TestMethod]
    public void Other_lengths_than_those_that_were_fitted_are_refused()
    {
        IDataView train = _mlContext.Data.LoadFromEnumerable(TensorRow.Create(200, 1));
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options);
        IDataView other = _mlContext.Transforms.CopyColumns("Late", "Early").Fit(train).Transform(train);

        string scored = Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(train).Transform(other)).Message;
        string calibrated = Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(train, other)).Message;

        Assert.Contains("'Late' has embeddings of 40 values, but the model was fitted to 70", scored);
        Assert.Contains("'Late' has embeddings of 70 values in the training data and of 40", calibrated);
    }

    [TestMethod]
    public void Estimator_promises_what_is_delivered()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable(TensorRow.Create(200, 1));
        EnsembleEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(
            new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ScoreProbabilitiesColumnName = "S" });

        string[] promised = Describe(estimator.GetOutputSchema(MLNetInternals.ShapeOf(data.Schema)));
        string[] delivered = Describe(MLNetInternals.ShapeOf(estimator.Fit(data).Transform(data).Schema));

        CollectionAssert.AreEquivalent(delivered, promised);
        CollectionAssert.Contains(promised, "S: Vector of Single (SlotNames)");

        static string[] Describe(SchemaShape shape) =>
        [
            .. shape.Select(column => $"{column.Name}: {column.Kind} of {column.ItemType}{(column.Annotations.Count == 0 ? "" : $" ({string.Join(", ", column.Annotations.Select(a => a.Name))})")}"),
        ];
    }

    [TestMethod]
    public void Without_calibration_nothing_is_known_and_each_row_is_flagged()
    {
        var log = new ContextLog(_mlContext);
        IDataView data = _mlContext.Data.LoadFromEnumerable(TensorRow.Create(200, 1));
        EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(
            new EnsembleOptions { Scores = TensorRow.Scores, LogitsColumnName = "Logits", ScoreProbabilitiesColumnName = "S", Calibration = Calibration.None }).Fit(data);

        IDataView scored = model.Transform(data);

        Assert.IsFalse(model.IsCalibrated);
        Assert.IsTrue(scored.GetColumn<float>("DimeDistance").All(float.IsNaN));
        Assert.IsTrue(scored.GetColumn<float>("DimeProbability").All(float.IsNaN));
        Assert.IsTrue(scored.GetColumn<float[]>("S").SelectMany(values => values).All(float.IsNaN));
        Assert.IsTrue(scored.GetColumn<bool>("IsOutOfDistribution").All(flag => flag));
        Assert.Contains("'DimeDistance' is NaN and 'DimeProbability' is NaN and 'S' is NaN and 'IsOutOfDistribution' is true", log.Warnings.Single());
        Assert.IsTrue(model.Calibrate(data).Transform(data).GetColumn<float>("DimeDistance").All(float.IsFinite));
    }

    [TestMethod]
    public void Options_of_the_fit_are_refused_where_the_ensemble_is_fitted_already()
    {
        ModelledEnsemble ensemble = _mlContext.Transforms.DetectOutOfDistribution(TensorRow.Options).Fit(_mlContext.Data.LoadFromEnumerable(TensorRow.Create(200, 1))).Ensemble;

        foreach ((EnsembleOptions options, string name) in new (EnsembleOptions, string)[]
        {
            (TensorRow.Options, "Scores, LogitsColumnName"),
            (new() { ClassColumnName = "Text" }, "ClassColumnName"),
            (new() { Calibration = Calibration.None }, "Calibration"),
        })
        {
            Assert.Contains(name, Assert.ThrowsExactly<ArgumentException>(() => _mlContext.Transforms.DetectOutOfDistribution(ensemble, options)).Message);
        }

        EnsembleTransformer model = _mlContext.Transforms.DetectOutOfDistribution(ensemble, new EnsembleOptions { OutlierProbability = 0.9 })
            .Fit(_mlContext.Data.LoadFromEnumerable(TensorRow.Create(5, 1)));
        Assert.AreEqual((0.9, 0.8), (model.OutlierProbability, model.WithOutlierProbability(0.8).OutlierProbability));
        Assert.AreSame(ensemble, model.Ensemble);
    }
}
