using Dime.MLNet;
using Dime.Server.Scoring;

namespace Dime.Server.Endpoints;

/// <summary>What is said of the model that is served.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Version">1 for the first model, and one more for each that took its place.</param>
/// <param name="LoadedAt">When it was loaded.</param>
/// <param name="Detector">"DIME" or "ensemble".</param>
/// <param name="Takes">"images" or "embeddings".</param>
/// <param name="Dimension">The length of an embedding.</param>
/// <param name="IsCalibrated">Whether rows get probabilities.</param>
/// <param name="CalibrationRows">How many rows it was calibrated on; 0 where that is not known.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
/// <param name="Tensors">The tensors that are watched.</param>
/// <param name="Scores">The scores of an ensemble.</param>
/// <param name="Outputs">The network's outputs that can be asked for.</param>
/// <param name="QueuedRows">How many rows wait to be scored.</param>
/// <param name="LastReload">The last attempt to load another model.</param>
internal sealed record ModelAnswer(
    string Name,
    int Version,
    DateTimeOffset LoadedAt,
    string Detector,
    string Takes,
    int? Dimension,
    bool IsCalibrated,
    long CalibrationRows,
    double OutlierProbability,
    IReadOnlyList<string> Tensors,
    IReadOnlyList<string>? Scores,
    IReadOnlyList<string> Outputs,
    int QueuedRows,
    ReloadResult? LastReload)
{
    public static ModelAnswer Of(ServedModel model, ReloadResult? lastReload)
    {
        DetectorTransformer detector = model.Model.Detector;
        return new ModelAnswer(
            model.Name,
            model.Version,
            model.LoadedAt,
            detector is EnsembleTransformer ? "ensemble" : "DIME",
            model.Dimension is null ? "images" : "embeddings",
            model.Dimension,
            detector.IsCalibrated,
            detector.CalibrationRowCount,
            detector.OutlierProbability,
            model.Model.Layers,
            detector is EnsembleTransformer ensemble ? [.. ensemble.Ensemble.Scores.Select(score => score.Name)] : null,
            model.OutputNames,
            model.QueuedRows,
            lastReload);
    }
}
