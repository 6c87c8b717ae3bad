namespace Dime.MLNet.SecondProcess;

/// <summary>What the engine is asked for.</summary>
internal sealed class EngineOutput
{
    public float DimeDistance { get; set; }
}
