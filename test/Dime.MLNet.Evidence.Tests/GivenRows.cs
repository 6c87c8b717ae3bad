using Dime.MLNet.Evidence.Data;

namespace Dime.MLNet.Evidence.Tests;

/// <summary>Rows of an embedding and of logits, made up for a test.</summary>
internal static class GivenRows
{
    /// <summary>The column of embeddings.</summary>
    public const string X = "x";

    /// <summary>The column of logits.</summary>
    public const string Z = "z";

    /// <summary>Rows of one column.</summary>
    public static FeatureRows Of(string column, params float[][] rows) => new(new EmbeddingLayout((column, rows[0].Length)), [.. rows.SelectMany(row => row)]);

    /// <summary>Rows of embeddings with the logits that a linear layer makes of them.</summary>
    /// <param name="embeddings">The embeddings.</param>
    /// <param name="weights">P×C weights, an array for each feature.</param>
    /// <param name="bias">C numbers.</param>
    public static FeatureRows WithLogits(float[][] embeddings, double[][] weights, double[] bias)
    {
        var layout = new EmbeddingLayout((X, embeddings[0].Length), (Z, bias.Length));
        IEnumerable<float> values = embeddings.SelectMany(row => row.Concat(bias.Select((b, c) => (float)(b + row.Select((x, j) => x * weights[j][c]).Sum()))));
        return new FeatureRows(layout, [.. values]);
    }

    /// <summary>Rows of normal values, of different spread in each feature.</summary>
    public static float[][] Random(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension).Select(j => (float)(1 + (NormalDistribution.Draw(random) / (1 + j)))).ToArray())];
    }
}
