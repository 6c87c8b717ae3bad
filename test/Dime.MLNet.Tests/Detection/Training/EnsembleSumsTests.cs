using Dime.MLNet.Tests.Detection.Ensembles;
using Dime.MLNet.Tests.Modelling;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection.Training;

/// <summary>The same of ensembles, whose classes have other numbers in each part.</summary>
[TestClass]
public sealed class EnsembleSumsTests
{
    private const int Seed = 3;
    private const int MaxRows = 60;
    private const double Share = 0.5;

    private static readonly float[] _rows = TensorRow.Flatten(TensorRow.Create(100, seed: 8));

    private readonly MLContext _mlContext = new(seed: Seed);

    [TestMethod]
    [DataRow(null, null)]
    [DataRow("Text", null)]
    [DataRow("Text", "Weight")]
    [DataRow(null, "Weight")]
    public void Fit_is_to_accumulate_and_then_to_fit(string? classes, string? weights)
    {
        IDataView data = Load(Rows(700));
        var estimator = new EnsembleEstimator(_mlContext, Options(classes, weights));

        ModelledEnsemble whole = estimator.Fit(data).Ensemble;
        EnsembleSums sums = estimator.Accumulate(data);

        SameBits(whole, estimator.Fit(sums).Ensemble);
        SameBits(whole, estimator.Fit(Orders.Reloaded(sums)).Ensemble);
        SameBits(whole, estimator.Fit(DetectorSums.Merge([sums])).Ensemble);
        Assert.AreEqual((700L, MaxRows), (sums.RowCount, sums.HeldOutCount));
    }

    [TestMethod]
    [DataRow("Text", "Weight", 1)]
    [DataRow("Text", null, 2)]
    [DataRow(null, "Weight", 3)]
    public void Rows_that_a_merge_pushes_out_keep_class_and_weight(string? classes, string? weights, int seed)
    {
        // Sorted by class in a random order of classes, so that no two parts number them alike.
        var parts = new Parts<TensorRow>([.. Rows(900).OrderBy(row => (row.Whole + seed) * 5 % 6)], 8, seed);
        var estimator = new EnsembleEstimator(_mlContext, Options(classes, weights));
        HashSet<TensorRow> heldOut = [.. parts.HeldOut(Seed, Share, MaxRows)];
        TensorRow[] others = [.. Enumerable.Range(0, 8).SelectMany(i => parts[i]).Where(row => !heldOut.Contains(row))];
        var sums = new EnsembleAccumulator(TensorRow.Layout, TensorRow.Scores, classes is null ? "Logits" : null);
        foreach (TensorRow row in others)
        {
            sums.Add(row, classes, weights);
        }

        ModelledEnsemble expected = sums.Fit().Calibrate(TensorRow.Flatten(heldOut), 100);

        EnsembleSums merged = DetectorSums.Merge(Orders.Shuffled(parts.Accumulate(_mlContext, estimator.Accumulate), seed).Select(Orders.Reloaded));
        ModelledEnsemble model = estimator.Fit(merged).Ensemble;

        Assert.AreEqual((900L, MaxRows, sums.UnclassifiedCount, sums.SkippedCount), (merged.RowCount, merged.HeldOutCount, merged.UnclassifiedCount, merged.SkippedCount));
        Assert.IsGreaterThan(0, classes is null ? merged.SkippedCount : merged.UnclassifiedCount);
        CollectionAssert.AreEqual(expected.ClassNames.ToArray(), model.ClassNames.ToArray());
        float[] statistics = expected.Statistic(_rows), found = model.Statistic(_rows);
        float[] probabilities = expected.Probability(_rows), alike = model.Probability(_rows);
        for (int i = 0; i < statistics.Length; i++)
        {
            Assert.AreEqual(statistics[i], found[i], 1e-4 * (1 + statistics[i]), $"row {i}");
            Assert.AreEqual(probabilities[i], alike[i], 1.01 / 99, $"row {i}");
        }
    }

    [TestMethod]
    public void Merging_in_the_order_of_names_gives_the_same_bits_whatever_was_stored_in_between()
    {
        var parts = new Parts<TensorRow>(Rows(600), 5, seed: 2);
        var estimator = new EnsembleEstimator(_mlContext, Options("Text", "Weight"));
        List<EnsembleSums> sums = parts.Accumulate(_mlContext, estimator.Accumulate);

        EnsembleSums merged = DetectorSums.Merge(sums);
        EnsembleSums stored = Orders.Reloaded(sums[0]);
        foreach (EnsembleSums part in sums.Skip(1))
        {
            stored = Orders.Reloaded(DetectorSums.Merge([stored, Orders.Reloaded(part)]));
        }

        CollectionAssert.AreEqual(Orders.BytesOf(merged), Orders.BytesOf(stored));
        SameBits(estimator.Fit(merged).Ensemble, estimator.Fit(stored).Ensemble);
    }

    [TestMethod]
    public void Sums_tell_the_options_they_were_made_with()
    {
        var made = new EnsembleOptions
        {
            Scores = [.. TensorRow.Scores, OutOfDistributionScore.Hyperplane("Early", 0.1, rank: 3), OutOfDistributionScore.FeatureNorm("Late")],
            ClassColumnName = "Text",
            ExampleWeightColumnName = "Weight",
            DistanceColumnName = null,
            ScoreProbabilitiesColumnName = "ByScore",
            ExplainedVarianceThreshold = 0.625,
            PercentileCount = 70,
            OutlierProbability = 0.5,
            Calibration = Calibration.HeldOut(0.25, 100),
        };

        EnsembleSums sums = Orders.Reloaded(new EnsembleEstimator(_mlContext, made).Accumulate(Load(Rows(400))));

        CollectionAssert.AreEqual(made.Scores.ToArray(), sums.Options.Scores.ToArray());
        foreach (System.Reflection.PropertyInfo property in typeof(EnsembleOptions).GetProperties().Where(property => property.Name is not nameof(Calibration) and not "Scores"))
        {
            Assert.AreEqual(property.GetValue(made), property.GetValue(sums.Options), property.Name);
        }

        SameBits(new EnsembleEstimator(_mlContext, made).Fit(Load(Rows(400))).Ensemble, new EnsembleEstimator(_mlContext, sums.Options).Fit(sums).Ensemble);
    }

    [TestMethod]
    public void Too_many_classes_together_are_an_error_that_names_the_column()
    {
        EnsembleEstimator estimator = new(_mlContext, new EnsembleOptions
        {
            Scores = [OutOfDistributionScore.ClassMahalanobis("Vector")],
            ClassColumnName = nameof(ManyClasses.Class),
            Calibration = Calibration.None,
        });
        EnsembleSums Part(int first) => estimator.Accumulate(
            _mlContext.Data.LoadFromEnumerable(Enumerable.Range(first, 40_000).Select(i => new ManyClasses { Class = i, Vector = [i, 1] })),
            new AccumulationOptions { Source = $"from {first}" });

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => DetectorSums.Merge([Part(0), Part(30_000)]));

        Assert.Contains("Column 'Class' has more than 65536 different values", error.Message);
    }

    private static EnsembleOptions Options(string? classes, string? weights) => new()
    {
        Scores = TensorRow.Scores,
        LogitsColumnName = classes is null ? "Logits" : null,
        ClassColumnName = classes,
        ExampleWeightColumnName = weights,
        PercentileCount = 100,
        Calibration = Calibration.HeldOut(Share, MaxRows),
    };

    // Some are not finite, and of some the class is not known.
    private static List<TensorRow> Rows(int count)
    {
        List<TensorRow> rows = TensorRow.Create(count, seed: 5);
        for (int i = 10; i < count; i += 97)
        {
            rows[i].Late[3] = float.NaN;
            rows[i + 1].Text = "";
        }

        return rows;
    }

    private IDataView Load(IEnumerable<TensorRow> rows) => _mlContext.Data.LoadFromEnumerable(rows);

    private static void SameBits(ModelledEnsemble expected, ModelledEnsemble actual)
    {
        PrecisionAssert.SameBits(expected.MeasureScores(_rows), actual.MeasureScores(_rows));
        PrecisionAssert.SameBits(expected.Statistic(_rows), actual.Statistic(_rows));
        PrecisionAssert.SameBits(expected.Probability(_rows), actual.Probability(_rows));
    }

    private sealed class ManyClasses
    {
        public int Class { get; set; }

        [Microsoft.ML.Data.VectorType(2)]
        public float[] Vector { get; set; } = [];
    }
}

/// <summary>Rows into plain sums, one at a time.</summary>
internal static class EnsembleAccumulatorRows
{
    public static void Add(this EnsembleAccumulator sums, TensorRow row, string? classes, string? weights)
    {
        float[] values = TensorRow.Flatten([row]);
        float[] weight = [weights is null ? 1 : row.Weight];
        if (classes is null)
        {
            sums.Add(values, weight);
        }
        else
        {
            sums.Add(values, [row.Text.Length == 0 ? -1 : sums.ClassNumber(row.Text)], weight);
        }
    }
}
