namespace Dime.MLNet.Benchmarks.Data;

/// <summary>An embedding as ML.NET reads it from objects.</summary>
internal sealed class EmbeddingRow
{
    public float[] Features { get; set; } = [];
}
