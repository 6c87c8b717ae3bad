using System.Text.Json.Serialization;

namespace Dime.Server.Models;

/// <summary>What a model says of a row. What it does not say is null.</summary>
/// <param name="Id">The path of the image, the row's id, or its number.</param>
/// <param name="Distance">The distance to the hyperplane, or the statistic of an ensemble.</param>
/// <param name="Probability">The probability of such a distance or a smaller one.</param>
/// <param name="IsOutOfDistribution">Whether the row is flagged.</param>
/// <param name="WithinDistance">The distance within the hyperplane.</param>
/// <param name="WithinProbability">The probability of such a distance or a smaller one.</param>
/// <param name="TopScore">The score of an ensemble that objected most, flagged or not.</param>
internal sealed record RowScore(
    string Id,
    float Distance,
    float? Probability,
    bool? IsOutOfDistribution,
    float? WithinDistance,
    float? WithinProbability,
    string? TopScore = null)
{
    /// <summary>What each score of an ensemble says, 1 − p; empty where it does not.</summary>
    [JsonIgnore]
    public float[] ScoreProbabilities { get; init; } = [];
}
