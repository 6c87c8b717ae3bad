using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Fuzz.Seeds;

/// <summary>Small models, fitted to rows that are the same each time.</summary>
internal static class SeedModels
{
    public const int Dimension = 3;
    public const int Classes = 3;

    /// <summary>Row-major rows near a plane, with logits behind them where asked for.</summary>
    public static float[] Rows(int count, bool withLogits = false)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).SelectMany(i => Row(random, i, withLogits))];
    }

    /// <summary>A calibrated DIME detector.</summary>
    public static ModelledEmbedding Embedding(bool normalize = false)
    {
        var sums = new EmbeddingAccumulator(Dimension, normalize);
        sums.Add(Rows(40));
        return sums.Fit(rank: 2).Calibrate(Rows(30), percentileCount: 5);
    }

    /// <summary>The scores of a column of features and one of logits: one of each kind.</summary>
    public static EnsembleAccumulator EnsembleSums()
    {
        var sums = new EnsembleAccumulator(
            new EmbeddingLayout(("Features", Dimension), ("Logits", Classes)),
            [
                OutOfDistributionScore.Hyperplane("Features"),
                OutOfDistributionScore.WithinHyperplane("Features"),
                OutOfDistributionScore.Mahalanobis("Features"),
                OutOfDistributionScore.ClassMahalanobis("Features"),
                OutOfDistributionScore.RelativeMahalanobis("Features", normalize: true),
                OutOfDistributionScore.FeatureNorm("Features"),
                OutOfDistributionScore.Energy("Logits"),
            ],
            logitsColumnName: "Logits");
        sums.Add(Rows(60, withLogits: true));
        return sums;
    }

    /// <summary>A calibrated ensemble.</summary>
    public static ModelledEnsemble Ensemble() => EnsembleSums().Fit().Calibrate(Rows(30, withLogits: true), percentileCount: 5);

    /// <summary>Rows for an estimator.</summary>
    public static IDataView View(MLContext mlContext) => mlContext.Data.LoadFromEnumerable(
        Rows(40, withLogits: true).Chunk(Dimension + Classes).Select(row => new SeedRow { Features = row[..Dimension], Logits = row[Dimension..] }));

    private static float[] Row(Random random, int i, bool withLogits)
    {
        float first = 1 + random.NextSingle();
        float second = random.NextSingle() - 0.5f;
        float[] features = [first, second, first - second + (0.1f * random.NextSingle())];
        return withLogits ? [.. features, .. Enumerable.Range(0, Classes).Select(c => (i % Classes == c ? 2 : 0) + random.NextSingle())] : features;
    }

    internal sealed class SeedRow
    {
        [VectorType(Dimension)]
        public float[] Features { get; set; } = [];

        [VectorType(Classes)]
        public float[] Logits { get; set; } = [];
    }
}
