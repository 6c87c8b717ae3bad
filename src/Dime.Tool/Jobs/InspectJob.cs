using Dime.MLNet;
using Dime.Server.Models;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Tells what is in the zip of a pipeline: first what it would load, then, where all of that is known, the detector in it.</summary>
internal static class InspectJob
{
    /// <param name="path">The zip.</param>
    /// <param name="allowed">Assemblies that may be loaded besides those of ML.NET and this library.</param>
    /// <exception cref="InputException">It is no pipeline of ML.NET.</exception>
    public static InspectResult Run(string path, IReadOnlyList<string> allowed)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"There is no model '{path}'; name a zip that 'dime fit' or mlContext.Model.Save wrote.");
        }

        SavedPipeline pipeline = LibraryErrors.AsInput(() => SavedPipeline.Read(path));
        string[] foreign = [.. pipeline.Assemblies.Except([.. SavedPipeline.KnownAssemblies, .. allowed], StringComparer.OrdinalIgnoreCase)];
        (DetectorContent? detector, string? fault) = foreign.Length == 0 ? Load(path) : (null, null);
        return new InspectResult(path, new FileInfo(path).Length, pipeline.MLNetVersion, pipeline.Steps, pipeline.Assemblies, foreign, detector, fault);
    }

    // What stands in a zip that cannot be loaded is worth telling all the more.
    private static (DetectorContent? Detector, string? Fault) Load(string path)
    {
        try
        {
            using var model = SavedModel.Load(new MLContext(), path);
            return (DetectorContent.Of(model), null);
        }
        catch (InputException e)
        {
            return (null, e.Message);
        }
    }
}

/// <summary>What <c>dime inspect</c> tells.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="MLNetVersion">The version of ML.NET that saved it.</param>
/// <param name="Steps">What would be loaded.</param>
/// <param name="Assemblies">From which assemblies.</param>
/// <param name="Foreign">Those among them that are neither ML.NET's, nor the library's, nor allowed.</param>
/// <param name="Detector">The detector; null where something is foreign, so that nothing was loaded, or where nothing could be.</param>
/// <param name="Fault">Why nothing could be loaded; null otherwise.</param>
internal sealed record InspectResult(
    string Model,
    long Bytes,
    string MLNetVersion,
    IReadOnlyList<SavedStep> Steps,
    IReadOnlyList<string> Assemblies,
    IReadOnlyList<string> Foreign,
    DetectorContent? Detector,
    string? Fault);

/// <summary>What a detector is.</summary>
/// <param name="Kind">"DIME" or "ensemble".</param>
/// <param name="Name">The name of the model, which figures carry; null where it has none.</param>
/// <param name="Takes">"images" or "embeddings".</param>
/// <param name="InputColumn">The column that the pipeline reads.</param>
/// <param name="Columns">The detector's columns.</param>
/// <param name="Scores">What is measured; the distance to the hyperplane where it is DIME.</param>
/// <param name="TrainingRows">The number of rows that it was fitted to; null where it does not say.</param>
/// <param name="IsCalibrated">Whether rows get probabilities.</param>
/// <param name="CalibrationRows">The number of rows that it was calibrated on; 0 where it is not, or does not say.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
/// <param name="Outputs">The columns that it appends.</param>
internal sealed record DetectorContent(
    string Kind,
    string? Name,
    string Takes,
    string InputColumn,
    IReadOnlyList<WatchedColumn> Columns,
    IReadOnlyList<string> Scores,
    long? TrainingRows,
    bool IsCalibrated,
    long CalibrationRows,
    double OutlierProbability,
    IReadOnlyList<string> Outputs)
{
    public static DetectorContent Of(SavedModel model)
    {
        DetectorTransformer detector = model.Detector;
        var ensemble = detector as EnsembleTransformer;
        ModelledEmbedding? plane = (detector as DimeTransformer)?.Embedding;
        return new DetectorContent(
            ensemble is null ? "DIME" : "ensemble",
            detector.ModelName,
            model.TakesImages ? "images" : "embeddings",
            model.InputColumn.Name,
            [
                .. detector.InputColumnNames.Select((column, i) => new WatchedColumn(
                    column, i < model.Layers.Count ? model.Layers[i] : null, plane?.Dimension ?? ensemble!.Ensemble.Layout[i].Dimension, plane?.Rank)),
            ],
            ensemble is null ? ["distance to the hyperplane"] : [.. ensemble.Ensemble.Scores.Select(score => score.Name)],
            plane?.TrainingRowCount,
            detector.IsCalibrated,
            detector.CalibrationRowCount,
            detector.OutlierProbability,
            [.. new[] { detector.DistanceColumnName, detector.ProbabilityColumnName, detector.OutlierColumnName }.OfType<string>()]);
    }
}

/// <summary>A column of embeddings that a detector watches.</summary>
/// <param name="Column">The column.</param>
/// <param name="Tensor">The tensor that it comes from; null where the pipeline takes embeddings, or runs its network by other means.</param>
/// <param name="Width">The number of values of an embedding.</param>
/// <param name="Rank">The dimension of the hyperplane; null for an ensemble, whose scores have their own.</param>
internal sealed record WatchedColumn(string Column, string? Tensor, int Width, int? Rank);
