using Dime.MLNet;

namespace Dime.Tool.Outputs;

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
