using Dime.Tool.Images;

namespace Dime.Tool.Report.Figures;

/// <summary>What is known of the rows of a set.</summary>
internal enum SetRole
{
    InDistribution,
    OutOfDistribution,
}

/// <summary>What a model says of the rows of one set.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Role">What is known of the rows.</param>
/// <param name="Distances">The distance of each row; +∞ where an embedding is not finite.</param>
/// <param name="Probabilities">The probability of each row's distance or a smaller one; empty where the model is not calibrated.</param>
/// <param name="FlaggedCount">The number of rows flagged as out of distribution; null where the model is not calibrated.</param>
/// <param name="MostOutlying">The rows farthest away, the farthest first.</param>
/// <param name="Unreadable">The images of the set that were left out because they cannot be read.</param>
internal sealed record ScoredSet(
    string Name,
    SetRole Role,
    float[] Distances,
    float[] Probabilities,
    long? FlaggedCount,
    IReadOnlyList<OutlyingRow> MostOutlying,
    IReadOnlyList<UnreadableImage> Unreadable)
{
    /// <summary>For each score of an ensemble its probability 1 − p of each row; empty where the model does not tell.</summary>
    public IReadOnlyList<float[]> ScoreProbabilities { get; init; } = [];
}

/// <summary>A row far away.</summary>
/// <param name="Id">The path of an image as the user gave it, a row's id, or its number.</param>
/// <param name="ImagePath">The file of the image; null where the row is an embedding.</param>
/// <param name="Distance">Its distance.</param>
/// <param name="Probability">The probability of such a distance or a smaller one; null where the model is not calibrated.</param>
internal sealed record OutlyingRow(string Id, string? ImagePath, float Distance, float? Probability);
