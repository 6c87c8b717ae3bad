namespace Dime.MLNet.SecondProcess;

/// <summary>A row for a model that takes embeddings alone.</summary>
internal sealed class EngineInput
{
    public float[] Features { get; set; } = [];
}
