namespace Dime.MLNet.Extensions.AI.Tests;

/// <summary>Texts of a small vocabulary, and a detector of them.</summary>
internal static class Texts
{
    private static readonly string[] _vocabulary = ["balance", "card", "loan", "rate", "branch", "transfer"];

    private static string[] Known(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, 5).Select(_ => _vocabulary[random.Next(_vocabulary.Length)])))];
    }

    /// <summary>Known words, and a little of a word of each text's own, so that distances are not zero.</summary>
    public static string[] Noisy(int count, int seed) => [.. Known(count, seed).Select((text, i) => $"{text} ~{(seed * 10_000) + i}")];

    public static float[] Rows(IEnumerable<string> texts) => [.. texts.SelectMany(text => WordGenerator.Vector(text))];

    public static ModelledEmbedding Model { get; } =
        ModelledEmbedding.Fit(Rows(Noisy(600, 1)), WordGenerator.Dimension, rank: 6).Calibrate(Rows(Noisy(300, 2)));

    public static ModelledEnsemble Ensemble { get; } = FitEnsemble().Calibrate(Rows(Noisy(300, 2)));

    public static ModelledEnsemble FitEnsemble(params (string Name, int Dimension)[] otherColumns)
    {
        var sums = new EnsembleAccumulator(
            new EmbeddingLayout([("Text", WordGenerator.Dimension - otherColumns.Sum(column => column.Dimension)), .. otherColumns]),
            [OutOfDistributionScore.RelativeMahalanobis("Text"), OutOfDistributionScore.ClassMahalanobis("Text")]);
        string[] texts = Noisy(600, 1);
        sums.Add(Rows(texts), [.. texts.Select(text => sums.ClassNumber(text.Split(' ')[0]))]);
        return sums.Fit();
    }
}
