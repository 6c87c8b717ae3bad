namespace Dime.Tool.Inputs;

/// <summary>A row of embeddings.</summary>
internal sealed class EmbeddingRow
{
    /// <summary>The row's id, or its number counted from 0.</summary>
    public string Id { get; set; } = "";

    /// <summary>The embedding; NaN where a value is missing.</summary>
    public float[] Features { get; set; } = [];
}
