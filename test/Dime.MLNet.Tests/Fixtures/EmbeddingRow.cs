using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>A row of small embeddings, with a number to know it by and a weight.</summary>
internal sealed class EmbeddingRow
{
    public int Number { get; set; }

    [VectorType(Embeddings.Dimension)]
    public float[] Features { get; set; } = [];

    public float Weight { get; set; } = 1;
}
