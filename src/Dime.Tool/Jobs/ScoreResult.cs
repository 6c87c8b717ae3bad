namespace Dime.Tool.Jobs;

/// <summary>What <c>dime score</c> tells when it is done.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Rows">Their number.</param>
/// <param name="Flagged">How many are flagged; null where the model has no flags.</param>
/// <param name="Output">The file of scores; null for standard output.</param>
internal sealed record ScoreResult(string Input, long Rows, long? Flagged, string? Output)
{
    /// <summary>The share of the rows that are flagged.</summary>
    public double? FlaggedShare => Flagged is { } flagged && Rows > 0 ? flagged / (double)Rows : null;
}
