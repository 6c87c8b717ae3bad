using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Modelling.Ensembles;
using Embeddings = Dime.MLNet.Tests.Modelling.Embeddings;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>Exported ensembles in ONNX Runtime against the ensembles themselves.</summary>
[TestClass]
public sealed class EnsembleExportTests
{
    private const string Column = ClassRows.Column;
    private static readonly OutOfDistributionScore[] _plain =
    [
        .. ClassRows.AllScores.Where(score => !score.Normalize),
        OutOfDistributionScore.FeatureNorm(Column, 0.5),
        OutOfDistributionScore.Hyperplane(Column, 2),
        OutOfDistributionScore.WithinHyperplane(Column),
    ];

    private static readonly OutOfDistributionScore[] _normalized =
    [
        .. ClassRows.AllScores.Where(score => score.Normalize),
        OutOfDistributionScore.Hyperplane(Column, normalize: true),
        OutOfDistributionScore.WithinHyperplane(Column, normalize: true),
    ];

    private static readonly ModelledEnsemble _every = EveryScore.Fit();

    [TestMethod]
    [DataRow(1, 2, 60)]
    [DataRow(2, 2, 60)]
    [DataRow(3, 5, 200)]
    [DataRow(40, 6, 400)]
    [DataRow(33, 100, 900)]
    [DataRow(200, 3, 90)]
    [DataRow(300, 2, 12)]
    public void All_kinds_of_scores_agree_in_all_sizes(int dimension, int classes, int rows)
    {
        // A single value lies in the hyperplane, and is 1 if it is normalised: nothing to tell rows apart by.
        OutOfDistributionScore[] scores = dimension == 1 ? [.. _plain.Where(score => score.Kind != OutOfDistributionScoreKind.Hyperplane)] : [.. _plain, .. _normalized];
        ModelledEnsemble model = Fit(dimension, classes, rows, scores);
        float[] unseen = ClassRows.Create(150, dimension, classes, 3, spread: 3).Rows;

        var run = EnsembleRun.Of(model, unseen);

        run.ScoresAgree();
        run.VerdictAgrees(model.ToOnnx().Detectors.Single());
    }

    [TestMethod]
    public void Each_score_alone_agrees()
    {
        foreach (OutOfDistributionScore score in _plain.Concat(_normalized))
        {
            ModelledEnsemble model = Fit(9, 4, 200, [score]);

            var run = EnsembleRun.Of(model, ClassRows.Create(60, 9, 4, 3).Rows, 0.5);

            run.ScoresAgree();
            run.VerdictAgrees(model.ToOnnx(0.5).Detectors.Single());
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(256)]
    public void Several_columns_agree_in_batches_of_any_size(int rows)
    {
        OnnxDetectorInfo info = _every.ToOnnx(0.9).Detectors.Single();

        var run = EnsembleRun.Of(_every, EveryScore.Rows(rows, 5), 0.9);

        run.ScoresAgree();
        run.VerdictAgrees(info);
    }

    [TestMethod]
    [DataRow(1e30f)]
    [DataRow(1e37f)]
    [DataRow(1e-30f)]
    [DataRow(1e-37f)]
    [DataRow(0f)]
    public void Huge_and_tiny_rows_agree(float factor)
    {
        float[] rows = [.. EveryScore.Rows(30, 6).Select(value => value * factor)];

        var run = EnsembleRun.Of(_every, rows);

        run.ScoresAgree();
        run.VerdictAgrees(_every.ToOnnx().Detectors.Single());
    }

    [TestMethod]
    [DataRow("far from the origin", 1000f, 1f)]
    [DataRow("tiny", 0f, 1e-12f)]
    [DataRow("huge", 0f, 1e12f)]
    public void Embeddings_of_any_scale_agree(string kind, float offset, float factor)
    {
        ClassRows Create(int count, int seed)
        {
            var rows = ClassRows.Create(count, 12, 4, seed);
            return rows with { Rows = [.. rows.Rows.Select(value => (value + offset) * factor)] };
        }

        ModelledEnsemble model = Create(400, 1).Accumulate([.. ClassRows.AllScores, OutOfDistributionScore.FeatureNorm(Column)]).Fit().Calibrate(Create(200, 2).Rows, 101);

        var run = EnsembleRun.Of(model, Create(100, 3).Rows);

        Assert.IsNotEmpty(kind);
        run.ScoresAgree();
        run.VerdictAgrees(model.ToOnnx().Detectors.Single());
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Row_that_is_not_finite_is_flagged_and_leaves_the_others_alone(float value)
    {
        float[] rows = EveryScore.Rows(4, 7);
        var before = EnsembleRun.Of(_every, rows, 1);
        int count = EveryScore.Count, width = EveryScore.Layout.Width;
        foreach (EmbeddingColumn column in EveryScore.Layout)
        {
            bool isRead = column.Name != "unused";
            float[] broken = [.. rows];
            broken[(2 * width) + column.Offset + 1] = value;

            var run = EnsembleRun.Of(_every, broken, 1);

            run.ScoresAgree();
            Assert.AreEqual(isRead ? float.PositiveInfinity : before["distance"][2], run["distance"][2]);
            Assert.AreEqual(isRead ? 1f : before["probability"][2], run["probability"][2]);
            Assert.AreEqual(isRead ? 1f : before["is_out_of_distribution"][2], run["is_out_of_distribution"][2]);
            for (int i = 0; i < 4 * count; i++)
            {
                bool isHit = i / count == 2 && EveryScore.Scores[i % count].ColumnName == column.Name;
                Assert.AreEqual(isHit ? 1f : before["score_probabilities"][i], run["score_probabilities"][i], $"{EveryScore.Scores[i % count]} of row {i / count}");
            }

            foreach (int other in new[] { 0, 1, 3 })
            {
                Assert.AreEqual(before["distance"][other], run["distance"][other]);
                Assert.AreEqual(before["probability"][other], run["probability"][other]);
            }
        }
    }

    [TestMethod]
    public void Greatest_logits_there_are_give_what_the_ensemble_gives()
    {
        float[] rows = EveryScore.Rows(5, 7);
        EmbeddingColumn logits = EveryScore.Layout.Find("logits")!;
        float[] values = [float.MaxValue, -float.MaxValue, 700, -700, 1e-30f];
        for (int row = 0; row < 5; row++)
        {
            rows.AsSpan((row * EveryScore.Layout.Width) + logits.Offset, logits.Dimension).Fill(values[row]);
        }

        var run = EnsembleRun.Of(_every, rows);

        run.ScoresAgree();
        run.VerdictAgrees(_every.ToOnnx().Detectors.Single());
    }

    [TestMethod]
    public void Tail_without_excess_has_the_least_p_value()
    {
        // Of lengths 80 … 43 and then 40 forty times none is so short that its score is above the 98th percentile.
        var sums = new EnsembleAccumulator(new EmbeddingLayout(("x", 1)), [OutOfDistributionScore.FeatureNorm("x")]);
        sums.Add([1, 2]);
        ModelledEnsemble model = sums.Fit().Calibrate([.. Enumerable.Range(0, 78).Select(i => i < 38 ? 80f - i : 40f)], 21);
        Assert.AreEqual(0.0, model.Calibration!.Scores[0].MeanExcess);
        float[] rows = [39.9f, 40, 40.1f, 60, 100, 0];

        var run = EnsembleRun.Of(model, rows);

        CollectionAssert.AreEqual(model.Statistic(rows), run["distance"]);
        CollectionAssert.AreEqual(model.ScoreProbabilities(rows), run["score_probabilities"]);
    }

    [TestMethod]
    [DynamicData(nameof(EnsembleReferenceTests.Names), typeof(EnsembleReferenceTests))]
    public void Reference_cases_agree_through_ONNX_Runtime(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        ModelledEnsemble fitted = c.Accumulate(EnsembleReferenceCase.AllScores.Values).Fit();

        // Without the model's own demand of 20 rows: one case is calibrated on 10.
        var model = new ModelledEnsemble(
            fitted.Layout,
            [.. fitted.Scores],
            [.. fitted.Groups],
            [.. fitted.Models],
            [.. fitted.ClassNames],
            [.. fitted.LeftOutClassNames],
            EnsembleCalibration.FromSample(fitted.Scores, fitted.MeasureScores(c.Calibration), c.PercentileCount, out _));

        var run = EnsembleRun.Of(model, c.Rows);

        run.ScoresAgree();
        float[] scores = run[EnsembleRun.Scores];
        int slot = 0;
        foreach (string score in EnsembleReferenceCase.AllScores.Keys)
        {
            double[] expected = c.Doubles("scores", score);
            double[]? totals = score.Contains("Relative", StringComparison.Ordinal) ? c.Doubles("scores", score.Replace("Relative", "", StringComparison.Ordinal)) : null;
            for (int i = 0; i < expected.Length; i++)
            {
                double size = totals is null ? Math.Abs(expected[i]) : Math.Max(totals[i] * totals[i], (totals[i] * totals[i]) + expected[i]);
                Assert.AreEqual(expected[i], scores[(i * 7) + slot], 1e-4 * size, $"{score} of row {i}");
            }

            slot++;
        }

        double step = 1.0 / (c.PercentileCount - 1);
        for (int i = 0; i < 20; i++)
        {
            Assert.AreEqual(c.Doubles("all", "statistic")[i], run["distance"][i], 7e-3, $"statistic of row {i}");
            Assert.AreEqual(c.Doubles("all", "probability")[i], run["probability"][i], step + 1e-6, $"probability of row {i}");
        }
    }

    [TestMethod]
    public void Only_standard_operators_of_opset_13_are_used_and_all_outputs_are_described()
    {
        OnnxGraph graph = _every.ToOnnx();
        ModelProto model = graph.CopyModel();

        Assert.AreEqual(13, model.OpsetImport.Single().Version);
        Assert.IsTrue(model.Graph.Node.All(node => node.Domain.Length == 0));
        CollectionAssert.AreEqual(new[] { "Early", "Late", "logits", "outlier_threshold" }, model.Graph.Input.Select(input => input.Name).ToArray());
        CollectionAssert.AreEquivalent(
            new[] { "distance [N]", "probability [N]", "is_out_of_distribution [N]", "score_probabilities [N, 9]" },
            graph.Outputs.Select(output => $"{output.Name} [{string.Join(", ", output.Shape!)}]").ToArray());
    }

    [TestMethod]
    public void Columns_may_have_the_names_of_outputs()
    {
        var layout = new EmbeddingLayout(("distance", 3), ("outlier_threshold", 2));
        var sums = new EnsembleAccumulator(layout, [OutOfDistributionScore.Mahalanobis("distance"), OutOfDistributionScore.FeatureNorm("outlier_threshold")]);
        sums.Add(Embeddings.Gaussian(100, 5, 1));
        ModelledEnsemble model = sums.Fit().Calibrate(Embeddings.Gaussian(100, 5, 2), 51);
        OnnxGraph graph = model.ToOnnx();
        float[] rows = Embeddings.Gaussian(20, 5, 3);

        var run = EnsembleRun.Of(model, graph, rows);

        Assert.AreEqual("distance_1", graph.Detectors.Single().DistanceOutput);
        Assert.AreEqual("outlier_threshold_1", graph.Detectors.Single().OutlierThresholdInput);
        run.VerdictAgrees(graph.Detectors.Single());
    }

    [TestMethod]
    public void Arguments_are_checked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _every.ToOnnx(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _every.ToOnnx(double.NaN));
        Assert.ThrowsExactly<ArgumentNullException>(() => default(ModelledEnsemble)!.ToOnnx());
        InvalidOperationException exception = Assert.ThrowsExactly<InvalidOperationException>(() => EveryScore.Sums().Fit().ToOnnx());
        StringAssert.Contains(exception.Message, "Calibrate", StringComparison.Ordinal);
    }

    private static ModelledEnsemble Fit(int dimension, int classes, int rows, IReadOnlyList<OutOfDistributionScore> scores) =>
        ClassRows.Create(rows, dimension, classes, 1).Accumulate(scores).Fit().Calibrate(ClassRows.Create(120, dimension, classes, 2).Rows, 101);
}
