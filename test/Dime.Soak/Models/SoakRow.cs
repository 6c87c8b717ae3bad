namespace Dime.Soak.Models;

/// <summary>A row, for any model; what it says of it.</summary>
internal sealed class SoakRow
{
    public float[] Features { get; set; } = [];
}

/// <summary>What a prediction engine says of a row.</summary>
internal sealed class Verdict
{
    public float Distance { get; set; }

    public float Probability { get; set; }
}
