namespace Dime.MLNet.Tests.Modelling.Ensembles;

/// <summary>An ensemble with scores of every kind, of columns of which one is not used.</summary>
internal static class EveryScore
{
    public const int Count = 9;

    public static EmbeddingLayout Layout { get; } = new(("Early", 40), ("unused", 3), ("Late", 70), ("logits", 6));

    public static IReadOnlyList<OutOfDistributionScore> Scores { get; } =
    [
        OutOfDistributionScore.ClassMahalanobis("Early", weight: 0.75),
        OutOfDistributionScore.RelativeMahalanobis("Late", normalize: true),
        OutOfDistributionScore.Energy("logits"),
        OutOfDistributionScore.Mahalanobis("Late"),
        OutOfDistributionScore.FeatureNorm("Late"),
        OutOfDistributionScore.Hyperplane("Early", rank: 7),
        OutOfDistributionScore.WithinHyperplane("Early", rank: 7),
        OutOfDistributionScore.Hyperplane("Late", normalize: true),
        OutOfDistributionScore.RelativeMahalanobis("Early"),
    ];

    /// <summary>Calibrated on 300 rows of seed 2.</summary>
    public static ModelledEnsemble Fit() => Sums().Fit().Calibrate(Rows(300, 2), 300);

    /// <summary>The sums of 900 rows of seed 1, of classes by their logits.</summary>
    public static EnsembleAccumulator Sums()
    {
        var sums = new EnsembleAccumulator(Layout, Scores, "logits");
        sums.Add(Rows(900, 1));
        return sums;
    }

    /// <summary>Rows of any seed are of the same distribution.</summary>
    public static float[] Rows(int count, int seed)
    {
        float[][] early = [.. ClassRows.Create(count, 40, 6, seed).Rows.Chunk(40)];
        float[][] late = [.. ClassRows.Create(count, 70, 6, seed + 100, spread: 4).Rows.Chunk(70)];
        float[][] noise = [.. Embeddings.Gaussian(count, 9, seed).Chunk(9)];
        return
        [
            .. Enumerable.Range(0, count).SelectMany(i =>
                (float[])[.. early[i], .. noise[i][..3], .. late[i], .. noise[i][3..].Select((z, c) => z + (c == i % 6 ? 9 : 0))]),
        ];
    }

    /// <summary>Scores, p-values, probabilities of scores, statistics and probabilities.</summary>
    public static float[] Everything(ModelledEnsemble model, float[] rows) =>
        [.. model.MeasureScores(rows), .. model.PValues(rows), .. model.ScoreProbabilities(rows), .. model.Statistic(rows), .. model.Probability(rows)];
}
