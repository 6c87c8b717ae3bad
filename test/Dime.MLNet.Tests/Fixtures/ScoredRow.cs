namespace Dime.MLNet.Tests.Fixtures;

/// <summary>A row with what the transformer appends by default.</summary>
internal sealed class ScoredRow
{
    public int Number { get; set; }

    public float DimeDistance { get; set; }

    public float DimeProbability { get; set; }

    public bool IsOutOfDistribution { get; set; }
}
