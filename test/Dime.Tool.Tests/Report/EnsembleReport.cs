using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report;

/// <summary>Reports on an ensemble of two scores of made-up embeddings, the same on every run.</summary>
internal static class EnsembleReport
{
    private const int Dimension = 4;

    public static ModelledEnsemble Ensemble { get; } = Fit("values");

    /// <param name="columnName">The column of embeddings, which scores are named by.</param>
    public static ModelledEnsemble Fit(string columnName)
    {
        var sums = new EnsembleAccumulator(
            new EmbeddingLayout((columnName, Dimension)),
            [OutOfDistributionScore.Mahalanobis(columnName, weight: 0.5), OutOfDistributionScore.FeatureNorm(columnName)]);
        sums.Add(Rows(2000, seed: 1));
        return sums.Fit().Calibrate(Rows(1000, seed: 2));
    }

    public static ReportFigures Of(ModelledEnsemble ensemble, params ScoredSet[] sets) => new(
        new ReportContent(
            "A title", new DateTimeOffset(2026, 5, 4, 13, 7, 0, TimeSpan.Zero), new FittedModel(Embedding: null, ensemble), 0.95, "net.onnx", ["/early", "/late", "logits"]),
        SetFigures.Of(sets));

    public static ScoredSet Inside(int rows = 400) => Set("inside", SetRole.InDistribution, Rows(rows, seed: 3));

    /// <summary>A set farther out by a shift of each value.</summary>
    public static ScoredSet Outside(string name = "outside", float shift = 2) =>
        Set(name, SetRole.OutOfDistribution, [.. Rows(300, seed: 4).Select(value => value + shift)]);

    private static ScoredSet Set(string name, SetRole role, float[] rows)
    {
        float[] distances = Ensemble.Statistic(rows);
        float[] probabilities = Ensemble.Probability(rows);
        float[] scores = Ensemble.ScoreProbabilities(rows);
        return new ScoredSet(
            name,
            role,
            distances,
            probabilities,
            probabilities.Count(p => p >= 0.95f),
            [.. distances.Select((distance, row) => new OutlyingRow($"row {row}", null, distance, probabilities[row])).OrderByDescending(row => row.Distance).Take(5)],
            [])
        {
            ScoreProbabilities = [.. Enumerable.Range(0, 2).Select(score => scores.Where((_, i) => i % 2 == score).ToArray())],
        };
    }

    public static float[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return [.. Enumerable.Range(0, count * Dimension).Select(i => (float)(5 + Normal()))];
    }
}
