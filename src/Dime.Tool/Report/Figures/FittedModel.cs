using Dime.MLNet;

namespace Dime.Tool.Report.Figures;

/// <summary>The fitted model that a report is about: DIME's hyperplane, or an ensemble.</summary>
/// <param name="Embedding">The hyperplane; null for an ensemble.</param>
/// <param name="Ensemble">The ensemble; null for a hyperplane.</param>
internal sealed record FittedModel(ModelledEmbedding? Embedding, ModelledEnsemble? Ensemble)
{
    /// <summary>The distances of the calibration rows, or their statistics, as percentiles; empty where the model is not calibrated.</summary>
    public ReadOnlyMemory<float> Percentiles => Embedding?.DistancePercentiles ?? Ensemble!.StatisticPercentiles;

    public long CalibrationRowCount => Embedding?.CalibrationRowCount ?? Ensemble!.CalibrationRowCount;

    public static FittedModel Of(DetectorTransformer detector) => detector switch
    {
        DimeTransformer dime => new FittedModel(dime.Embedding, null),
        EnsembleTransformer ensemble => new FittedModel(null, ensemble.Ensemble),
        _ => throw new InvalidOperationException($"There is no report on {detector.GetType()}."),
    };
}
