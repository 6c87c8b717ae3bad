using Dime.MLNet;
using static Dime.Documentation.Tests.Formats.FormatSamples;

namespace Dime.Documentation.Tests.Formats;

/// <summary>An ensemble with a score of each kind, and what is read of it compared with it.</summary>
internal static class EnsembleSamples
{
    public const int LateWidth = 24;

    private const int EarlyWidth = 6, LogitsWidth = 3;

    public static EmbeddingLayout Layout { get; } = new(("Early", EarlyWidth), ("Late", LateWidth), ("Logits", LogitsWidth));

    public static OutOfDistributionScore[] Scores { get; } =
    [
        OutOfDistributionScore.ClassMahalanobis("Late", weight: 0.5),
        OutOfDistributionScore.Hyperplane("Early", rank: 2),
        OutOfDistributionScore.RelativeMahalanobis("Late"),
        OutOfDistributionScore.WithinHyperplane("Early", rank: 2),
        OutOfDistributionScore.RelativeMahalanobis("Late", normalize: true),
        OutOfDistributionScore.Mahalanobis("Early"),
        OutOfDistributionScore.FeatureNorm("Late"),
        OutOfDistributionScore.Energy("Logits", weight: 2),
    ];

    public static float[][] Rows(int count, int seed) =>
    [
        .. FormatSamples.Rows(count, EarlyWidth + LateWidth, seed).Select((row, i) =>
        {
            float[] logits = [row[0], row[1], row[2]];
            logits[i % LogitsWidth] += 5;
            return (float[])[.. row, .. logits];
        }),
    ];

    public static ModelledEnsemble Fit(int count)
    {
        var sums = new EnsembleAccumulator(Layout, Scores, "Logits");
        sums.Add(Flat(Rows(count, 1)));
        return sums.Fit();
    }

    public static void AreAlike(ModelledEnsemble model, EnsembleFields fields)
    {
        CollectionAssert.AreEqual(Layout.Select(column => (column.Name, column.Dimension)).ToArray(), fields.Scoring.Columns);
        CollectionAssert.AreEqual(
            Scores.Select(score => new ScoreFields((int)score.Kind, score.ColumnName, score.Weight, score.Normalize, score.Rank ?? 0)).ToArray(), fields.Scoring.Scores);
        CollectionAssert.AreEqual(model.ClassNames.ToArray(), fields.ClassNames);
        CollectionAssert.AreEqual(model.LeftOutClassNames.ToArray(), fields.LeftOutClassNames);
        Assert.AreEqual(model.CalibrationRowCount, fields.CalibrationRows);
        CollectionAssert.AreEqual(model.StatisticPercentiles.ToArray(), fields.StatisticPercentiles);

        // Some that are far away by every score, where the tails begin.
        float[][] rows = [.. Rows(40, 3), .. Rows(10, 4).Select(row => Array.ConvertAll(row, value => (-2 * value) + 1))];
        float[] scores = model.MeasureScores(Flat(rows)), pValues = model.PValues(Flat(rows)), statistics = model.Statistic(Flat(rows)), probabilities = model.Probability(Flat(rows));
        for (int i = 0; i < rows.Length; i++)
        {
            double[] measured = fields.Measure(rows[i]);
            double largest = measured.Max(Math.Abs), statistic = 0;
            for (int s = 0; s < Scores.Length; s++)
            {
                float score = scores[(i * Scores.Length) + s];
                AreNear(score, measured[s], largest, Scores[s].Name);
                double p = fields.Tails[s].PValue(score, fields.CalibrationRows);
                Assert.AreEqual((float)p, pValues[(i * Scores.Length) + s], Scores[s].Name);
                statistic -= fields.Scoring.Scores[s].Weight * Math.Log(p);
            }

            AreNear(statistics[i], statistic, 0, "statistic");
            Assert.AreEqual(probabilities[i], (float)EmbeddingFields.Probability(fields.StatisticPercentiles, statistics[i]));
        }
    }
}
