using System.Diagnostics.CodeAnalysis;
using Dime.MLNet.Modelling;
using Dime.MLNet.Onnx.Detectors;

namespace Dime.MLNet;

/// <summary>Fitted detectors as ONNX graphs, to run on any ONNX runtime without .NET.</summary>
/// <remarks>
/// <para>The graph takes embeddings, and gives for each of their N rows:</para>
/// <list type="table">
/// <item><term><c>features</c></term><description>input, N×P single precision: the embeddings of DIME. An ensemble has an input for each column that a score reads, of its name</description></item>
/// <item><term><c>outlier_threshold</c></term><description>optional input, 1 single precision: the probability from which on a row is flagged, in the place of the one that was exported; calibrated detectors only</description></item>
/// <item><term><c>distance</c></term><description>N single precision: the distance to the hyperplane; the statistic T of an ensemble</description></item>
/// <item><term><c>probability</c></term><description>N single precision: the probability of such a distance or a smaller one; calibrated detectors only</description></item>
/// <item><term><c>is_out_of_distribution</c></term><description>N booleans: whether the probability is at least <c>outlier_threshold</c>; calibrated detectors only</description></item>
/// <item><term><c>within_distance</c>, <c>within_probability</c></term><description>N single precision each: the same of the distance within the hyperplane, where asked for</description></item>
/// <item><term><c>score_probabilities</c></term><description>N×S single precision: for each score of an ensemble 1 − p, which tells the score that objects; <see cref="OnnxDetectorInfo.ScoreNames"/> has their names</description></item>
/// </list>
/// <para>
/// It means what <see cref="ModelledEmbedding"/> and <see cref="ModelledEnsemble"/> mean: a row with a value that is not finite has the distance
/// +∞ and the probability 1. Distances, and scores of ensembles, are within 1e-4 relative, or 1e-6·‖x‖ absolute, of those of the model;
/// they are not the same bits, so that a distance next to a calibration percentile may get the probability of the next one.
/// Only operators of the standard domain are used, of opset 13; those of an ensemble, and of normalised embeddings, compute in double precision where
/// the model does. <see cref="OnnxGraph.Fuse(OnnxGraph, string, string?)"/> takes the graph into a network, of opset 9 or newer.
/// </para>
/// </remarks>
public static class OnnxDetectorExtensions
{
    /// <summary>Writes a fitted model as an ONNX graph.</summary>
    /// <param name="embedding">The fitted model, best calibrated: else there are neither probabilities nor a flag.</param>
    /// <param name="outlierProbability">The probability from which on a row is flagged, in (0, 1].</param>
    /// <param name="includeWithin">Whether to add the distance within the hyperplane, and its probability.</param>
    /// <returns>The graph; see the remarks at <see cref="OnnxDetectorExtensions"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in (0, 1].</exception>
    /// <exception cref="InvalidOperationException">The distance within the hyperplane is asked for, and not defined for the model.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "They are told apart by what they export.")]
    public static OnnxGraph ToOnnx(this ModelledEmbedding embedding, double outlierProbability = Defaults.OutlierProbability, bool includeWithin = false)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        DetectorOptions.RequireShare(outlierProbability, nameof(outlierProbability));
        if (includeWithin && !embedding.HasDistanceWithinHyperplane)
        {
            throw new InvalidOperationException(
                "The distance within the hyperplane needs the covariance of the training scores: fit to two or more rows, of a total weight above 1, or leave it out.");
        }

        return new OnnxGraph(DetectorGraph.Create(new DimeDetector(embedding, outlierProbability, includeWithin)));
    }

    /// <summary>Writes a fitted ensemble as an ONNX graph.</summary>
    /// <param name="ensemble">The fitted and calibrated ensemble.</param>
    /// <param name="outlierProbability">The probability from which on a row is flagged, in (0, 1].</param>
    /// <returns>The graph; see the remarks at <see cref="OnnxDetectorExtensions"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in (0, 1].</exception>
    /// <exception cref="InvalidOperationException">The ensemble is not calibrated.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "They are told apart by what they export.")]
    public static OnnxGraph ToOnnx(this ModelledEnsemble ensemble, double outlierProbability = Defaults.OutlierProbability)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        DetectorOptions.RequireShare(outlierProbability, nameof(outlierProbability));
        return ensemble.IsCalibrated
            ? new OnnxGraph(DetectorGraph.Create(new EnsembleDetector(ensemble, outlierProbability)))
            : throw new InvalidOperationException(
                $"An ensemble has no verdict before it is calibrated: call {nameof(ModelledEnsemble.Calibrate)} with rows that it was not fitted to, and export the ensemble it returns.");
    }

    /// <summary>Writes a fitted transformer as an ONNX graph, with its limit for the flag; the distance within the hyperplane where it has a column of it.</summary>
    /// <param name="transformer">
    /// The transformer. Its column names are not used. Where it is not calibrated, and has NaN for probabilities and flags every row, the
    /// graph has neither output.
    /// </param>
    /// <returns>The graph; see the remarks at <see cref="OnnxDetectorExtensions"/>.</returns>
    public static OnnxGraph ToOnnx(this DimeTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return transformer.Embedding.ToOnnx(transformer.OutlierProbability, transformer.Settings.NeedsDistanceWithin);
    }

    /// <summary>Writes a fitted transformer as an ONNX graph, with its limit for the flag.</summary>
    /// <param name="transformer">The transformer. The inputs of the graph are called as the columns that its scores read; the names of its output columns are not used.</param>
    /// <returns>The graph; see the remarks at <see cref="OnnxDetectorExtensions"/>.</returns>
    /// <exception cref="InvalidOperationException">The transformer is not calibrated.</exception>
    public static OnnxGraph ToOnnx(this EnsembleTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return transformer.Ensemble.ToOnnx(transformer.OutlierProbability);
    }
}
