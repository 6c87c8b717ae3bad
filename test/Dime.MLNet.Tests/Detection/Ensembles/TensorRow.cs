using Dime.MLNet.Tests.Modelling.Ensembles;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection.Ensembles;

/// <summary>What a network gives for one input: embeddings of two tensors and logits, and what is known of its class.</summary>
internal sealed class TensorRow
{
    public int Number { get; set; }

    [VectorType(40)]
    public float[] Early { get; set; } = [];

    [VectorType(70)]
    public float[] Late { get; set; } = [];

    [VectorType(6)]
    public float[] Logits { get; set; } = [];

    public float Weight { get; set; } = 1;

    public string Text { get; set; } = "";

    public int Whole { get; set; }

    public float Single { get; set; }

    public bool IsOdd { get; set; }

    /// <summary>The scores of most tests, which need classes.</summary>
    public static IReadOnlyList<OutOfDistributionScore> Scores { get; } =
    [
        OutOfDistributionScore.ClassMahalanobis("Early", weight: 0.75),
        OutOfDistributionScore.RelativeMahalanobis("Late", normalize: true),
        OutOfDistributionScore.Energy("Logits"),
    ];

    /// <summary>The columns of these scores in the order in which they are named.</summary>
    public static EmbeddingLayout Layout { get; } = new(("Early", 40), ("Late", 70), ("Logits", 6));

    /// <summary>The options of most tests: classes by the logits.</summary>
    public static EnsembleOptions Options { get; } = new() { Scores = Scores, LogitsColumnName = "Logits" };

    /// <summary>Rows of any seed are of the same distribution; the class is the index of the largest logit.</summary>
    public static List<TensorRow> Create(int count, int seed)
    {
        float[][] rows = [.. EveryScore.Rows(count, seed).Chunk(EveryScore.Layout.Width)];
        return [.. rows.Select((row, i) => Of(row, i))];
    }

    /// <summary>The values of a row as plain arrays have them.</summary>
    public static float[] Flatten(IEnumerable<TensorRow> rows) => [.. rows.SelectMany(row => (float[])[.. row.Early, .. row.Late, .. row.Logits])];

    private static TensorRow Of(float[] row, int number)
    {
        float[] logits = row[113..];
        int largest = Array.IndexOf(logits, logits.Max());
        return new TensorRow
        {
            Number = number,
            Early = row[..40],
            Late = row[43..113],
            Logits = logits,
            Weight = 1 + (number % 2),
            Text = $"kind {largest}",
            Whole = largest,
            Single = largest,
            IsOdd = largest % 2 == 1,
        };
    }
}
