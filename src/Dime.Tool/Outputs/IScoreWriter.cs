using Dime.MLNet;
using Dime.Server.Models;

namespace Dime.Tool.Outputs;

/// <summary>Writes scores, row by row.</summary>
internal interface IScoreWriter : IDisposable
{
    void Write(RowScore score);

    /// <summary>Writes what is still kept; no row comes after it.</summary>
    void Complete();
}

/// <summary>Which columns a model's scores have beside the id and the distance; all rows have the same.</summary>
internal sealed record ScoreColumns(bool HasProbability, bool HasFlag, bool HasWithinDistance, bool HasWithinProbability, bool HasTopScore)
{
    public static ScoreColumns Of(DetectorTransformer detector)
    {
        bool calibrated = detector.IsCalibrated;
        var dime = detector as DimeTransformer;
        return new ScoreColumns(
            calibrated && detector.ProbabilityColumnName is not null,
            calibrated && detector.OutlierColumnName is not null,
            dime?.WithinDistanceColumnName is not null,
            calibrated && dime?.WithinProbabilityColumnName is not null,
            calibrated && detector is EnsembleTransformer { ScoreProbabilitiesColumnName: not null });
    }
}
