using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Dime.MLNet.Tests.Evaluation;

[TestClass]
public sealed class OutOfDistributionEvaluationCatalogTests
{
    private static readonly float[] _inScores = [1, 2, 2, 3, 5, float.PositiveInfinity];
    private static readonly float[] _outScores = [2, 4, 5, 6, float.PositiveInfinity];

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Data_views_give_the_metrics_of_their_scores()
    {
        OutOfDistributionMetrics metrics = _mlContext.AnomalyDetection.EvaluateOutOfDistribution(View(_inScores), View(_outScores));

        Assert.AreEqual(EnumeratedMetrics.AreaUnderRocCurve(_inScores, _outScores), metrics.AreaUnderRocCurve, 1e-12);
        Assert.AreEqual(OutOfDistributionMetrics.Compute(_inScores, _outScores).ToString(), metrics.ToString());
        Assert.AreEqual(_inScores.Length, metrics.InDistributionRowCount);
        Assert.AreEqual(_outScores.Length, metrics.OutOfDistributionRowCount);
    }

    [TestMethod]
    public void Another_score_column_can_be_named()
    {
        ColumnCopyingTransformer copying = _mlContext.Transforms.CopyColumns("Monitor", "DimeDistance").Fit(View(_inScores));
        ColumnSelectingTransformer dropping = _mlContext.Transforms.DropColumns("DimeDistance").Fit(copying.Transform(View(_inScores)));
        IDataView inView = dropping.Transform(copying.Transform(View(_inScores)));
        IDataView outView = dropping.Transform(copying.Transform(View(_outScores)));

        OutOfDistributionMetrics metrics = _mlContext.AnomalyDetection.EvaluateOutOfDistribution(inView, outView, "Monitor");

        Assert.AreEqual(OutOfDistributionMetrics.Compute(_inScores, _outScores).ToString(), metrics.ToString());
    }

    [TestMethod]
    public void Each_view_is_read_once_and_only_its_score_column()
    {
        ColumnRecordingDataView inView = new(View(_inScores));
        ColumnRecordingDataView outView = new(View(_outScores));

        _mlContext.AnomalyDetection.EvaluateOutOfDistribution(inView, outView);

        foreach (ColumnRecordingDataView view in new[] { inView, outView })
        {
            Assert.HasCount(1, view.Requests);
            CollectionAssert.AreEqual(new[] { "DimeDistance" }, view.Requests[0]);
        }
    }

    [TestMethod]
    public void Missing_column_is_named_with_its_view_and_the_likely_cause()
    {
        ColumnRecordingDataView inView = new(View(_inScores));
        IDataView unscored = _mlContext.Transforms.DropColumns("DimeDistance").Fit(View(_outScores)).Transform(View(_outScores));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.AnomalyDetection.EvaluateOutOfDistribution(inView, unscored));

        Assert.AreEqual("outOfDistribution", error.ParamName);
        StringAssert.Contains(error.Message, "'outOfDistribution' has no score column 'DimeDistance'");
        StringAssert.Contains(error.Message, "model.Transform(data)");
        StringAssert.Contains(error.Message, "'Label', 'IsOutOfDistribution'");
        Assert.IsEmpty(inView.Requests, "No row may be scored before both schemas are checked.");
    }

    [TestMethod]
    public void Score_column_of_another_type_is_refused_with_the_type_found()
    {
        IDataView doubles = _mlContext.Transforms.Conversion.ConvertType("DimeDistance", outputKind: DataKind.Double).Fit(View(_inScores)).Transform(View(_inScores));
        IDataView vectors = _mlContext.Transforms.Concatenate("DimeDistance", "DimeDistance", "DimeDistance").Fit(View(_inScores)).Transform(View(_inScores));

        ArgumentException ofDoubles = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.AnomalyDetection.EvaluateOutOfDistribution(doubles, View(_outScores)));
        ArgumentException ofVectors = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.AnomalyDetection.EvaluateOutOfDistribution(View(_inScores), vectors));

        Assert.AreEqual("inDistribution", ofDoubles.ParamName);
        StringAssert.Contains(ofDoubles.Message, "'DimeDistance' of the data view 'inDistribution' is of type Double");
        Assert.AreEqual("outOfDistribution", ofVectors.ParamName);
        StringAssert.Contains(ofVectors.Message, "is of type Vector<Single, 2>");
    }

    [TestMethod]
    public void NaN_is_refused_with_its_column_view_and_row()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.AnomalyDetection.EvaluateOutOfDistribution(View(_inScores), View([1, 2, float.NaN, 3])));

        Assert.AreEqual("outOfDistribution", error.ParamName);
        StringAssert.Contains(error.Message, "'DimeDistance' of the data view 'outOfDistribution' is NaN in row 2 ");
    }

    [TestMethod]
    public void Views_without_rows_are_refused_by_name()
    {
        ArgumentException inside = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.AnomalyDetection.EvaluateOutOfDistribution(View([]), View(_outScores)));
        ArgumentException outside = Assert.ThrowsExactly<ArgumentException>(
            () => _mlContext.AnomalyDetection.EvaluateOutOfDistribution(View(_inScores), View([])));

        Assert.AreEqual("inDistribution", inside.ParamName);
        Assert.AreEqual("outOfDistribution", outside.ParamName);
        StringAssert.Contains(outside.Message, "'outOfDistribution' has no rows");
    }

    [TestMethod]
    public void Null_and_empty_arguments_are_refused_by_name()
    {
        AnomalyDetectionCatalog catalog = _mlContext.AnomalyDetection;
        IDataView view = View(_inScores);

        Assert.AreEqual("catalog", Assert.ThrowsExactly<ArgumentNullException>(() => OutOfDistributionEvaluationCatalog.EvaluateOutOfDistribution(null!, view, view)).ParamName);
        Assert.AreEqual("inDistribution", Assert.ThrowsExactly<ArgumentNullException>(() => catalog.EvaluateOutOfDistribution(null!, view)).ParamName);
        Assert.AreEqual("outOfDistribution", Assert.ThrowsExactly<ArgumentNullException>(() => catalog.EvaluateOutOfDistribution(view, null!)).ParamName);
        Assert.AreEqual("scoreColumnName", Assert.ThrowsExactly<ArgumentException>(() => catalog.EvaluateOutOfDistribution(view, view, string.Empty)).ParamName);
    }

    [TestMethod]
    public void The_evaluator_of_ML_NET_works_on_our_columns_and_agrees()
    {
        float[] inScores = [1, 2, 2, 3, 5];
        float[] outScores = [2, 4, 5, 6];

        AnomalyDetectionMetrics theirs = EvaluateWithMLNet(inScores, outScores);
        OutOfDistributionMetrics ours = _mlContext.AnomalyDetection.EvaluateOutOfDistribution(View(inScores), View(outScores));

        Assert.AreEqual(theirs.AreaUnderRocCurve, ours.AreaUnderRocCurve, 1e-12);
        Assert.AreEqual(0.75, theirs.DetectionRateAtFalsePositiveCount, 1e-12);
    }

    [TestMethod]
    public void Infinite_scores_are_ranked_by_us_and_left_out_by_the_evaluator_of_ML_NET()
    {
        AnomalyDetectionMetrics theirs = EvaluateWithMLNet(_inScores, _outScores);

        var finite = OutOfDistributionMetrics.Compute([.. _inScores.Where(float.IsFinite)], [.. _outScores.Where(float.IsFinite)]);
        var ours = OutOfDistributionMetrics.Compute(_inScores, _outScores);
        Assert.AreEqual(finite.AreaUnderRocCurve, theirs.AreaUnderRocCurve, 1e-12);
        Assert.AreNotEqual(ours.AreaUnderRocCurve, theirs.AreaUnderRocCurve, 1e-3);
    }

    /// <summary>ML.NET wants both kinds of rows in one view, and a label of Single: a Boolean one is converted first.</summary>
    private AnomalyDetectionMetrics EvaluateWithMLNet(float[] inScores, float[] outScores)
    {
        IDataView rows = _mlContext.Data.LoadFromEnumerable(
            inScores.Select(s => new ScoredRow { DimeDistance = s, IsOutOfDistribution = s >= 4 })
                .Concat(outScores.Select(s => new ScoredRow { Label = true, DimeDistance = s, IsOutOfDistribution = s >= 4 })));
        IDataView labelled = _mlContext.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.Single).Fit(rows).Transform(rows);

        return _mlContext.AnomalyDetection.Evaluate(
            labelled, nameof(ScoredRow.Label), nameof(ScoredRow.DimeDistance), nameof(ScoredRow.IsOutOfDistribution), falsePositiveCount: 1);
    }

    private IDataView View(float[] scores) =>
        _mlContext.Data.LoadFromEnumerable(scores.Select(s => new ScoredRow { DimeDistance = s, IsOutOfDistribution = s >= 4 }));

    private sealed class ScoredRow
    {
        public bool Label { get; set; }

        public float DimeDistance { get; set; }

        public bool IsOutOfDistribution { get; set; }
    }
}
