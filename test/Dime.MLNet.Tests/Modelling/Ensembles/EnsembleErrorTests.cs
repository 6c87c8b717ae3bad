namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>Input that cannot work gets an error that names what is wrong, and the remedy.</summary>
[TestClass]
public sealed class EnsembleErrorTests
{
    private static readonly EmbeddingLayout _layout = new(("x", 3), ("z", 2), ("one", 1));

    public static IEnumerable<object[]> Definitions =>
    [
        [Array.Empty<OutOfDistributionScore>(), null!, new[] { "at least one score" }],
        [new[] { OutOfDistributionScore.Mahalanobis("y") }, null!, new[] { "Mahalanobis(y)", "x (3), z (2), one (1)" }],
        [new[] { OutOfDistributionScore.Mahalanobis("x"), OutOfDistributionScore.Mahalanobis("x", weight: 2) }, null!, new[] { "Mahalanobis(x)", "twice" }],
        [new[] { OutOfDistributionScore.Energy("one") }, null!, new[] { "Energy(one)", "FeatureNorm" }],
        [new[] { OutOfDistributionScore.Hyperplane("x", rank: 4) }, null!, new[] { "Hyperplane(x, rank 4)", "3 or less" }],
        [new[] { OutOfDistributionScore.ClassMahalanobis("x") }, "y", new[] { "'y'", "x (3), z (2), one (1)" }],
        [new[] { OutOfDistributionScore.ClassMahalanobis("x") }, "one", new[] { "'one'", "two classes" }],
    ];

    [TestMethod]
    [DynamicData(nameof(Definitions))]
    public void Scores_that_do_not_fit_the_columns_are_refused_at_once(OutOfDistributionScore[] scores, string? logits, string[] parts) =>
        AssertMessage(Assert.ThrowsExactly<ArgumentException>(() => new EnsembleAccumulator(_layout, scores, logits)), parts);

    [TestMethod]
    public void Nothing_to_fit_to_is_an_error_with_the_reason()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.Mahalanobis("x"));
        AssertMessage(FitFails(sums), "no rows");

        sums.Add([1, 2, float.NaN, 0, 0, 0]);
        AssertMessage(FitFails(sums), "1", "not finite");

        sums.Add([1, 2, 3, 0, 0, 0], [0f]);
        AssertMessage(FitFails(sums), "weights");

        sums.Add([1, 2, 3, 0, 0, 0, 1, 2, 3, 1, 1, 1]);
        AssertMessage(FitFails(sums), "column 'x'", "the same");
    }

    [TestMethod]
    public void Unknown_classes_only_is_an_error_that_says_so()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.ClassMahalanobis("x"));
        sums.Add(new float[12], [-1, -1]);

        AssertMessage(FitFails(sums), "The class of none of the 2 rows is known");

        sums.Add([float.NaN, .. new float[5]], [sums.ClassNumber("a")]);
        AssertMessage(FitFails(sums), "No row is left", "1 have values that are not finite", "of 2 the class is not known");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Fewer_than_two_classes_is_an_error_that_says_to_use_Mahalanobis(int singles)
    {
        // One class of many rows, and others of one row each.
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.Energy("z"), OutOfDistributionScore.RelativeMahalanobis("x"));
        int[] classes = [.. Enumerable.Repeat(sums.ClassNumber("many"), 20), .. Enumerable.Range(1, singles).Select(i => sums.ClassNumber($"single {i}"))];
        sums.Add(Embeddings.Gaussian(classes.Length, 6, 1), classes);

        AssertMessage(FitFails(sums), "RelativeMahalanobis(x)", $"1 of {1 + singles}", "Use Mahalanobis");
    }

    [TestMethod]
    public void Classes_whose_rows_are_all_alike_have_no_scale()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.ClassMahalanobis("x"));
        int[] classes = [.. Enumerable.Range(0, 40).Select(i => sums.ClassNumber($"{i % 4}"))];
        float[] rows = Embeddings.Gaussian(4, 6, 1);
        sums.Add([.. Enumerable.Range(0, 10).SelectMany(_ => rows)], classes);

        AssertMessage(FitFails(sums), "'x'", "within their classes", "use Mahalanobis");
    }

    /// <summary>Fewer rows than features and more, and means that are large beside the deviations: more rounding than few rows have.</summary>
    [TestMethod]
    [DataRow(4, 2, 1f)]
    [DataRow(75, 3, 1f)]
    [DataRow(75, 3, 1e-12f)]
    [DataRow(149, 3, 1e-25f)]
    [DataRow(150, 3, 1f)]
    [DataRow(400, 5, 1e12f)]
    public void Rounding_is_no_scale_within_classes(int count, int classCount, float scale)
    {
        const int P = 150;
        var sums = new EnsembleAccumulator(new EmbeddingLayout(("x", P)), [OutOfDistributionScore.Mahalanobis("x"), OutOfDistributionScore.RelativeMahalanobis("x")]);
        int[] classes = [.. Enumerable.Range(0, count).Select(i => sums.ClassNumber($"{i % classCount}"))];
        float[][] each = Embeddings.Split(Embeddings.Gaussian(classCount, P, 3), P);
        sums.Add([.. classes.SelectMany(c => each[c].Select((x, j) => scale * ((j % 11) + (x / (1 + (j % 7))))))], classes);

        AssertMessage(FitFails(sums), "within their classes", "RelativeMahalanobis(x) has no scale", "use Mahalanobis");
    }

    [TestMethod]
    [DataRow(60)]
    [DataRow(300)]
    public void Little_spread_within_classes_is_a_scale(int count)
    {
        // One feature varies by 1e-3 of what the classes differ by, the others not at all.
        const int P = 100;
        var sums = new EnsembleAccumulator(new EmbeddingLayout(("x", P)), [OutOfDistributionScore.ClassMahalanobis("x"), OutOfDistributionScore.RelativeMahalanobis("x")]);
        int[] classes = [.. Enumerable.Range(0, count).Select(i => sums.ClassNumber($"{i % 3}"))];
        float[][] each = Embeddings.Split(Embeddings.Gaussian(3, P, 3), P);
        float[] noise = Embeddings.Gaussian(count, 1, 4, 1e-3);
        float[] rows = [.. classes.SelectMany((c, i) => each[c].Select((x, j) => j == 0 ? x + noise[i] : 3 + x))];
        sums.Add(rows, classes);

        float[] scores = sums.Fit().MeasureScores([.. rows, .. Embeddings.Gaussian(5, P, 6)]);

        Assert.IsTrue(Array.TrueForAll(scores, float.IsFinite));
        Assert.IsLessThan(scores[^2] / 100, scores[..(2 * count)].Where((_, i) => i % 2 == 0).Max());
    }

    [TestMethod]
    public void A_rank_above_the_numerical_rank_names_the_score()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.Hyperplane("x", rank: 3));
        sums.Add([1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0]);

        AssertMessage(FitFails(sums), "Hyperplane(x, rank 3)", "choose 2 or less");
    }

    [TestMethod]
    public void A_single_row_has_no_distance_within_its_hyperplane()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.WithinHyperplane("x"));
        sums.Add([1, 2, 3, 0, 0, 0]);

        AssertMessage(FitFails(sums), "WithinHyperplane(x)", "two or more");
    }

    [TestMethod]
    public void A_threshold_out_of_range_is_an_error() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(
        () => Sums(OutOfDistributionScore.Hyperplane("x")).Fit(1.5));

    [TestMethod]
    public void Rows_without_the_classes_they_need_are_refused()
    {
        AssertMessage(
            Assert.ThrowsExactly<InvalidOperationException>(() => Sums(OutOfDistributionScore.ClassMahalanobis("x")).Add(new float[6])),
            "ClassMahalanobis(x)",
            "logits");
    }

    [TestMethod]
    public void Classes_that_do_not_fit_the_rows_are_refused_and_nothing_is_added()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.ClassMahalanobis("x"));
        sums.ClassNumber("only");

        AssertMessage(Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[12], [0])), "1 classes", "2 rows");
        AssertMessage(Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[12], [0, 1])), "Class 1", "1 classes");
        AssertMessage(Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[12], [-2, 0])), "Class 0", "-2");
        AssertMessage(Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[12], [0, 0], [1f])), "1 weights", "2 rows");
        AssertMessage(Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[12], [0, 0], [1f, -1f])), "Weight 1");
        Assert.AreEqual("rows", Assert.ThrowsExactly<ArgumentException>(() => sums.Add(new float[13], [0, 0])).ParamName);
        Assert.AreEqual(0, sums.Count);
        Assert.AreEqual(0, sums.TotalWeight);
    }

    [TestMethod]
    public void Classes_beside_those_of_the_logits_are_refused()
    {
        var sums = new EnsembleAccumulator(_layout, [OutOfDistributionScore.ClassMahalanobis("x")], "z");

        Assert.AreEqual(1, sums.ClassNumber("1"));
        AssertMessage(Assert.ThrowsExactly<InvalidOperationException>(() => sums.ClassNumber("2")), "'z'", "'2'");
        AssertMessage(Assert.ThrowsExactly<InvalidOperationException>(() => sums.Add(new float[6], [0])), "'z'");
    }

    [TestMethod]
    public void Sums_of_another_ensemble_do_not_merge_and_say_what_differs()
    {
        var score = OutOfDistributionScore.ClassMahalanobis("x");
        var sums = new EnsembleAccumulator(_layout, [score]);

        AssertMessage(Refused(new EnsembleAccumulator(new EmbeddingLayout(("x", 4)), [score])), "columns", "x (3), z (2), one (1)", "x (4)");
        AssertMessage(Refused(Sums(OutOfDistributionScore.ClassMahalanobis("x", weight: 2))), "scores", "2 × ClassMahalanobis(x)");
        AssertMessage(Refused(new EnsembleAccumulator(_layout, [score], "z")), "logits", "none", "z");
        Assert.ThrowsExactly<ArgumentNullException>(() => sums.Merge(null!));

        ArgumentException Refused(EnsembleAccumulator other) => Assert.ThrowsExactly<ArgumentException>(() => sums.Merge(other));
    }

    [TestMethod]
    public void Too_few_calibration_rows_is_an_error_with_the_remedy()
    {
        ModelledEnsemble model = Fitted();
        float[] rows = Embeddings.Gaussian(20, 6, 2);

        Assert.AreEqual(20, model.Calibrate(rows).CalibrationRowCount);
        AssertMessage(CalibrationFails(model, rows[..(19 * 6)]), "20 rows or more", "there are 19. Give more");
        rows[7] = float.NaN;
        AssertMessage(CalibrationFails(model, rows), "19", "and 1", "not finite");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Calibrate(rows, 1));
    }

    [TestMethod]
    public void Constant_scores_are_an_error_that_names_the_score()
    {
        float[] rows = Embeddings.Gaussian(30, 6, 2);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = i % 6 is 3 or 4 ? 1 : rows[i];
        }

        AssertMessage(CalibrationFails(Fitted(), rows), "Energy(z)", "30", "'z'");
    }

    [TestMethod]
    public void Probabilities_before_calibration_are_an_error_that_says_to_calibrate()
    {
        ModelledEnsemble model = Fitted();
        Assert.IsFalse(model.IsCalibrated);
        Assert.IsTrue(model.StatisticPercentiles.IsEmpty);
        foreach (Action call in (Action[])
        [
            () => model.PValues(new float[6]),
            () => model.ScoreProbabilities(new float[6]),
            () => model.Statistic(new float[6]),
            () => model.Probability(new float[6]),
            () => model.Probability([]),
        ])
        {
            AssertMessage(Assert.ThrowsExactly<InvalidOperationException>(call), "Calibrate");
        }
    }

    private static EnsembleAccumulator Sums(params OutOfDistributionScore[] scores) => new(_layout, scores);

    private static ModelledEnsemble Fitted()
    {
        EnsembleAccumulator sums = Sums(OutOfDistributionScore.Mahalanobis("x"), OutOfDistributionScore.Energy("z"));
        sums.Add(Embeddings.Gaussian(50, 6, 1));
        return sums.Fit();
    }

    private static InvalidOperationException FitFails(EnsembleAccumulator sums) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => sums.Fit());

    private static InvalidOperationException CalibrationFails(ModelledEnsemble model, float[] rows) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => model.Calibrate(rows));

    private static void AssertMessage(Exception error, params string[] parts)
    {
        foreach (string part in parts)
        {
            StringAssert.Contains(error.Message, part, StringComparison.Ordinal);
        }
    }
}
