using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>What holds of a fitted ensemble whatever its scores.</summary>
[TestClass]
public sealed class ModelledEnsembleTests
{
    private const int ScoreCount = EveryScore.Count;
    private static readonly EmbeddingLayout _layout = EveryScore.Layout;
    private static readonly OutOfDistributionScore[] _scores = [.. EveryScore.Scores];

    private static readonly ModelledEnsemble _model = EveryScore.Fit();

    [TestMethod]
    public void A_row_has_the_same_bits_alone_and_in_any_batch()
    {
        float[] rows = Rows(300, 3);
        float[][] alone = [.. rows.Chunk(_layout.Width).Select(Everything)];
        foreach (int size in new[] { 1, 2, 7, 8, 63, 64, 65, 130, 300 })
        {
            float[] batch = Everything(rows[..(size * _layout.Width)]);
            for (int i = 0; i < size; i++)
            {
                PrecisionAssert.SameBits(alone[i], RowOf(batch, i, size), $"of row {i} in a batch of {size}");
            }
        }
    }

    [TestMethod]
    public void A_row_has_the_same_bits_in_a_batch_for_many_threads()
    {
        // Enough work for all cores, see RowBlocks.
        float[] rows = Rows(4000, 4);
        float[] batch = Everything(rows);
        for (int i = 0; i < 4000; i += 37)
        {
            PrecisionAssert.SameBits(Everything(rows[(i * _layout.Width)..((i + 1) * _layout.Width)]), RowOf(batch, i, 4000), $"of row {i}");
        }
    }

    [TestMethod]
    public void Any_number_of_threads_may_use_an_ensemble_at_once()
    {
        float[] rows = Rows(200, 5);
        float[] expected = Everything(rows);
        float[][] actual = new float[16][];

        Parallel.For(0, actual.Length, i => actual[i] = Everything(rows));

        foreach (float[] values in actual)
        {
            PrecisionAssert.SameBits(expected, values);
        }
    }

    [TestMethod]
    public void A_single_row_allocates_nothing()
    {
        float[] row = Rows(1, 6);
        float[] scores = new float[ScoreCount], values = new float[ScoreCount], statistic = new float[1];

        AllocationAssert.Nothing(Measure);

        void Measure()
        {
            _model.MeasureScores(row, scores);
            _model.PValues(row, values);
            _model.ScoreProbabilities(row, values);
            _model.Statistic(row, statistic);
            _model.Probability(row, statistic);
            _model.Measure(row, scores, statistic);
        }
    }

    [TestMethod]
    public void P_values_statistic_and_probability_follow_from_the_scores()
    {
        float[] rows = Rows(100, 7);
        float[] scores = _model.MeasureScores(rows), values = _model.PValues(rows), shares = _model.ScoreProbabilities(rows);
        float[] statistics = _model.Statistic(rows), probabilities = _model.Probability(rows);
        float[] percentiles = _model.StatisticPercentiles.ToArray();

        for (int i = 0; i < 100; i++)
        {
            double statistic = 0;
            for (int s = 0; s < ScoreCount; s++)
            {
                double value = _model.Calibration!.Scores[s].PValue(scores[(i * ScoreCount) + s]);
                Assert.AreEqual((float)value, values[(i * ScoreCount) + s]);
                Assert.AreEqual((float)(1 - value), shares[(i * ScoreCount) + s]);
                statistic -= _scores[s].Weight * Math.Log(value);
            }

            Assert.AreEqual(statistic, statistics[i], 1e-6 * statistic);
            int above = Array.FindIndex(percentiles, percentile => statistics[i] < percentile);
            Assert.AreEqual(above < 0 ? 1 : (float)(above / (percentiles.Length - 1.0)), probabilities[i]);
        }
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_flags_the_row_and_the_scores_of_its_column(float value)
    {
        float[] clean = Rows(130, 8);
        float[] soiled = [.. clean];
        foreach (EmbeddingColumn column in _layout)
        {
            soiled[(column.Offset % 130 * _layout.Width) + column.Offset + (column.Dimension / 2)] = value;
        }

        float[] scores = _model.MeasureScores(clean), statistics = _model.Statistic(clean), probabilities = _model.Probability(clean);
        foreach (EmbeddingColumn column in _layout.Where(column => column.Name != "unused"))
        {
            int row = column.Offset % 130;
            statistics[row] = float.PositiveInfinity;
            probabilities[row] = 1;
            for (int s = 0; s < ScoreCount; s++)
            {
                scores[(row * ScoreCount) + s] = _scores[s].ColumnName == column.Name ? float.PositiveInfinity : scores[(row * ScoreCount) + s];
            }
        }

        PrecisionAssert.SameBits(scores, _model.MeasureScores(soiled));
        PrecisionAssert.SameBits(statistics, _model.Statistic(soiled));
        PrecisionAssert.SameBits(probabilities, _model.Probability(soiled));
    }

    [TestMethod]
    public void A_row_of_huge_values_is_far_away_by_scores_that_are_no_NaN()
    {
        float[] row = [.. Enumerable.Repeat(3e38f, _layout.Width)];
        float[] scores = _model.MeasureScores(row);

        Assert.IsFalse(scores.Any(float.IsNaN));
        Assert.AreEqual(1, _model.Probability(row)[0]);
        Assert.IsTrue(float.IsFinite(_model.Statistic(row)[0]));
    }

    [TestMethod]
    public void Calibration_in_blocks_is_that_of_all_rows()
    {
        float[] calibration = Rows(250, 2), rows = Rows(40, 3);
        ModelledEnsemble expected = _model.Calibrate(calibration, 77);

        ModelledEnsemble actual = _model.Calibrate(calibration.Chunk(17 * _layout.Width).Select(block => (ReadOnlyMemory<float>)block), 77);

        Assert.AreEqual(250, actual.CalibrationRowCount);
        PrecisionAssert.SameBits(expected.Probability(rows), actual.Probability(rows));
        PrecisionAssert.SameBits(expected.PValues(rows), actual.PValues(rows));
        Assert.AreEqual(77, actual.StatisticPercentiles.Length);
        Assert.ThrowsExactly<ArgumentNullException>(() => _model.Calibrate((IEnumerable<ReadOnlyMemory<float>>)null!));
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _model.Calibrate([calibration, new float[_layout.Width + 1]]));
        StringAssert.Contains(error.Message, "block 1", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Calibration_leaves_out_rows_that_are_not_finite()
    {
        float[] calibration = Rows(100, 2), rows = Rows(40, 3);
        float[] bad = Rows(1, 9);
        bad[45] = float.NaN;

        ModelledEnsemble expected = _model.Calibrate(calibration);
        float[] unusable = [.. bad];
        unusable[0] = float.NaN;
        ModelledEnsemble actual = _model.Calibrate([.. unusable, .. calibration, .. unusable]);

        Assert.AreEqual(100, actual.CalibrationRowCount);
        PrecisionAssert.SameBits(expected.Probability(rows), actual.Probability(rows));

        // What no score reads may be anything.
        bad[45] = 1;
        bad[41] = float.NaN;
        Assert.AreEqual(101, _model.Calibrate([.. bad, .. calibration]).CalibrationRowCount);
    }

    [TestMethod]
    public void Calibration_returns_a_new_ensemble_and_leaves_the_old_one()
    {
        float[] rows = Rows(40, 3);
        float[] before = Everything(rows);

        ModelledEnsemble other = _model.Calibrate(Rows(30, 11));

        Assert.AreEqual(30, other.CalibrationRowCount);
        PrecisionAssert.SameBits(before, Everything(rows));
        PrecisionAssert.SameBits(_model.MeasureScores(rows), other.MeasureScores(rows));
    }

    [TestMethod]
    public void New_kinds_of_rows_are_flagged_and_the_score_that_objects_is_told()
    {
        float[] broken = Rows(50, 12);
        for (int i = 0; i < broken.Length; i++)
        {
            broken[i] = i % _layout.Width < 40 ? 1 - broken[i] : broken[i];
        }

        float[] shares = _model.ScoreProbabilities(broken);

        Assert.IsGreaterThan(45, _model.Probability(broken).Count(probability => probability >= 0.95f));
        Assert.IsGreaterThan(45, shares.Chunk(ScoreCount).Count(row => row[0] > 0.99f && row[2] < 0.99f));
    }

    [TestMethod]
    public void Destinations_get_what_the_methods_return_and_no_more()
    {
        float[] rows = Rows(5, 3);
        (Func<float[], float[]> Returning, Action<float[], float[]> Filling, int Width)[] methods =
        [
            (x => _model.MeasureScores(x), (x, to) => _model.MeasureScores(x, to), ScoreCount),
            (x => _model.PValues(x), (x, to) => _model.PValues(x, to), ScoreCount),
            (x => _model.ScoreProbabilities(x), (x, to) => _model.ScoreProbabilities(x, to), ScoreCount),
            (x => _model.Statistic(x), (x, to) => _model.Statistic(x, to), 1),
            (x => _model.Probability(x), (x, to) => _model.Probability(x, to), 1),
        ];
        foreach ((Func<float[], float[]> returning, Action<float[], float[]> filling, int width) in methods)
        {
            float[] longer = [.. Enumerable.Repeat(-7f, (5 * width) + 3)];
            filling(rows, longer);
            PrecisionAssert.SameBits([.. returning(rows), -7, -7, -7], longer);

            ArgumentException tooShort = Assert.ThrowsExactly<ArgumentException>(() => filling(rows, new float[(5 * width) - 1]));
            Assert.AreEqual("destination", tooShort.ParamName);
            Assert.AreEqual("rows", Assert.ThrowsExactly<ArgumentException>(() => returning(rows[1..])).ParamName);
            Assert.IsEmpty(returning([]));
        }
    }

    private static float[] Rows(int count, int seed) => EveryScore.Rows(count, seed);

    private static float[] Everything(float[] rows) => EveryScore.Everything(_model, rows);

    private static float[] RowOf(float[] everything, int row, int count) =>
    [
        .. Enumerable.Range(0, 3).SelectMany(part => everything.Skip(((part * count) + row) * ScoreCount).Take(ScoreCount)),
        everything[(3 * count * ScoreCount) + row],
        everything[(((3 * ScoreCount) + 1) * count) + row],
    ];
}
