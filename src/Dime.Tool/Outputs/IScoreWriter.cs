using Dime.MLNet;

namespace Dime.Tool.Outputs;

/// <summary>Writes scores, row by row.</summary>
internal interface IScoreWriter : IDisposable
{
    void Write(RowScore score);

    /// <summary>Writes what is still kept; no row comes after it.</summary>
    void Complete();
}

/// <summary>What a model says of a row. What it does not say is null.</summary>
/// <param name="Id">The path of the image, the row's id, or its number.</param>
/// <param name="Distance">The distance to the hyperplane.</param>
/// <param name="Probability">The probability of such a distance or a smaller one.</param>
/// <param name="IsOutOfDistribution">Whether the row is flagged.</param>
/// <param name="WithinDistance">The distance within the hyperplane.</param>
/// <param name="WithinProbability">The probability of such a distance or a smaller one.</param>
internal sealed record RowScore(
    string Id,
    float Distance,
    float? Probability,
    bool? IsOutOfDistribution,
    float? WithinDistance,
    float? WithinProbability);

/// <summary>Which columns a model's scores have beside the id and the distance; all rows have the same.</summary>
internal sealed record ScoreColumns(bool HasProbability, bool HasFlag, bool HasWithinDistance, bool HasWithinProbability)
{
    public static ScoreColumns Of(DimeTransformer detector)
    {
        bool calibrated = detector.Embedding.IsCalibrated;
        return new ScoreColumns(
            calibrated && detector.ProbabilityColumnName is not null,
            calibrated && detector.OutlierColumnName is not null,
            detector.WithinDistanceColumnName is not null,
            calibrated && detector.WithinProbabilityColumnName is not null);
    }
}
