using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>The figures of the sixty lines of numpy that define the ensemble.</summary>
[TestClass]
public sealed class EnsembleReferenceTests
{
    private static readonly string[] _relative = ["RelativeMahalanobis", "NormalizedRelativeMahalanobis"];

    public static IEnumerable<string> Names => EnsembleReferenceCase.Names;

    [TestMethod]
    public void Every_case_is_read_whole()
    {
        Assert.HasCount(6, EnsembleReferenceCase.LoadAll());
        foreach (EnsembleReferenceCase c in EnsembleReferenceCase.LoadAll())
        {
            Assert.AreEqual(c.Classes.Length * c.Layout.Width, c.Fit.Length);
            Assert.AreEqual(20 * c.Layout.Width, c.Rows.Length);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Scores_agree(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        float[] scores = c.Accumulate(EnsembleReferenceCase.AllScores.Values).Fit().MeasureScores(c.Rows);

        int slot = 0;
        foreach (string score in EnsembleReferenceCase.AllScores.Keys)
        {
            double[] expected = c.Doubles("scores", score);
            double[] sizes = Sizes(c, score, expected);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(expected[i], scores[(i * 7) + slot], 1e-4 * sizes[i], $"{score} of row {i}");
            }

            slot++;
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Each_score_alone_agrees(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        foreach ((string score, OutOfDistributionScore definition) in EnsembleReferenceCase.AllScores)
        {
            float[] scores = c.Accumulate([definition]).Fit().MeasureScores(c.Rows);
            double[] expected = c.Doubles("scores", score);
            double[] sizes = Sizes(c, score, expected);
            Assert.HasCount(expected.Length, scores);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(expected[i], scores[i], 1e-4 * sizes[i], $"{score} of row {i}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Shrinkage_agrees(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        var sums = new EmbeddingAccumulator(c.Dimension);
        float[][] rows = [.. c.Fit.Chunk(c.Layout.Width).Select(row => row[..c.Dimension])];
        sums.Add([.. rows.SelectMany(row => row)]);
        ClassSum[] classes =
        [
            .. rows.Zip(c.Classes).GroupBy(pair => pair.Second, pair => pair.First)
                .Select(rows => new ClassSum(rows.Count(), [.. Enumerable.Range(0, c.Dimension).Select(j => rows.Sum(row => (double)row[j]))])),
        ];

        var covariances = StandardizedCovariances.Of(sums.Moment, classes);

        Assert.AreEqual(c.Shrinkage("total"), covariances.Total.Shrinkage, 1e-9);
        Assert.AreEqual(c.Shrinkage("within"), covariances.Within!.Shrinkage, 1e-9);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void P_values_agree(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        EnsembleCalibration calibration = Calibrate(c, EnsembleReferenceCase.AllScores.Values, out float[] scores);

        int slot = 0;
        foreach (string score in EnsembleReferenceCase.AllScores.Keys)
        {
            double[] expected = c.Doubles("pValues", score);
            for (int i = 0; i < expected.Length; i++)
            {
                double actual = calibration.Scores[slot].PValue(scores[(i * 7) + slot]);
                Assert.AreEqual(-Math.Log(expected[i]), -Math.Log(actual), 1e-3, $"{score} of row {i}");
            }

            slot++;
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Ensemble_of_all_scores_agrees(string name) =>
        AssertEnsemble(name, "all", [.. EnsembleReferenceCase.AllScores.Values]);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Weighted_ensemble_agrees(string name) => AssertEnsemble(
        name,
        "weightedClassAndEnergy",
        [OutOfDistributionScore.ClassMahalanobis(EnsembleReferenceCase.Embedding, weight: 0.75), OutOfDistributionScore.Energy(EnsembleReferenceCase.Logits)]);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Percentiles_of_the_statistic_agree(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        ReadOnlySpan<float> actual = Calibrate(c, EnsembleReferenceCase.AllScores.Values, out _).Statistic.Percentiles;

        // A calibration row next to a percentile of its own score may fall on the other side of it, and move one step.
        double[] expected = c.Doubles("all", "percentiles");
        Assert.AreEqual(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double least = expected[Math.Max(0, i - 1)], most = expected[Math.Min(i + 1, expected.Length - 1)];
            Assert.IsInRange(least - 1e-3, most + 1e-3, actual[i], $"percentile {i}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void The_calibrated_model_gives_the_same_figures_where_it_has_rows_enough(string name)
    {
        var c = EnsembleReferenceCase.Load(name);
        ModelledEnsemble model = c.Accumulate(EnsembleReferenceCase.AllScores.Values).Fit();
        if (c.Calibration.Length < 20 * c.Layout.Width)
        {
            Assert.ThrowsExactly<InvalidOperationException>(() => model.Calibrate(c.Calibration, c.PercentileCount));
            return;
        }

        model = model.Calibrate(c.Calibration, c.PercentileCount);
        float[] statistics = model.Statistic(c.Rows), probabilities = model.Probability(c.Rows);

        double step = 1.0 / (c.PercentileCount - 1);
        for (int i = 0; i < statistics.Length; i++)
        {
            Assert.AreEqual(c.Doubles("all", "statistic")[i], statistics[i], 7e-3, $"statistic of row {i}");
            Assert.AreEqual(c.Doubles("all", "probability")[i], probabilities[i], step + 1e-6, $"probability of row {i}");
        }
    }

    private static void AssertEnsemble(string name, string ensemble, OutOfDistributionScore[] scores)
    {
        var c = EnsembleReferenceCase.Load(name);
        EnsembleCalibration calibration = Calibrate(c, scores, out float[] measured);

        double[] expectedStatistics = c.Doubles(ensemble, "statistic");
        double[] expectedProbabilities = c.Doubles(ensemble, "probability");
        double step = 1.0 / (c.PercentileCount - 1);
        for (int i = 0; i < expectedStatistics.Length; i++)
        {
            float statistic = calibration.StatisticOf(measured.AsSpan(i * scores.Length, scores.Length));
            Assert.AreEqual(expectedStatistics[i], statistic, 1e-3 * scores.Length, $"statistic of row {i}");
            Assert.AreEqual(expectedProbabilities[i], calibration.Statistic.ProbabilityOf(statistic), step + 1e-6, $"probability of row {i}");
        }
    }

    /// <summary>Without the model's own demand of 20 rows: one case is calibrated on 10.</summary>
    private static EnsembleCalibration Calibrate(EnsembleReferenceCase c, IEnumerable<OutOfDistributionScore> scores, out float[] measured)
    {
        ModelledEnsemble model = c.Accumulate(scores).Fit();
        measured = model.MeasureScores(c.Rows);
        return EnsembleCalibration.FromSample(model.Scores, model.MeasureScores(c.Calibration), c.PercentileCount, out _);
    }

    /// <summary>What errors are relative to: the score itself, and the larger of the two terms of a relative Mahalanobis distance.</summary>
    private static double[] Sizes(EnsembleReferenceCase c, string score, double[] expected)
    {
        if (!_relative.Contains(score))
        {
            return Array.ConvertAll(expected, Math.Abs);
        }

        double[] total = c.Doubles("scores", score.Replace("Relative", "", StringComparison.Ordinal));
        return [.. total.Zip(expected, (d, relative) => Math.Max(d * d, (d * d) + relative))];
    }
}
