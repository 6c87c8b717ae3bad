using Dime.MLNet.Modelling;
using Dime.MLNet.Onnx.Detectors;

namespace Dime.MLNet;

/// <summary>Fitted detectors as ONNX graphs, to run on any ONNX runtime without .NET.</summary>
/// <remarks>
/// <para>The graph has the input <c>features</c> and, for each of its N rows:</para>
/// <list type="table">
/// <item><term><c>features</c></term><description>N×P single precision: the embeddings</description></item>
/// <item><term><c>distance</c></term><description>N single precision: the distance to the hyperplane</description></item>
/// <item><term><c>probability</c></term><description>N single precision: the probability of such a distance or a smaller one; calibrated detectors only</description></item>
/// <item><term><c>is_out_of_distribution</c></term><description>N booleans: whether the probability is at least the outlier probability; calibrated detectors only</description></item>
/// <item><term><c>within_distance</c>, <c>within_probability</c></term><description>N single precision each: the same of the distance within the hyperplane, where asked for</description></item>
/// </list>
/// <para>
/// It means what <see cref="ModelledEmbedding"/> means: a row with a value that is not finite has the distance +∞ and the
/// probability 1. Distances are within 1e-4 relative, or 1e-6·‖x‖ absolute, of those of <see cref="ModelledEmbedding"/>;
/// they are not the same bits, so that a distance next to a calibration percentile may get the probability of the next one.
/// Only operators of the standard domain, opset 13, are used. <see cref="OnnxGraph.Fuse"/> takes the graph into a network.
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
    /// <exception cref="NotSupportedException">The model normalises embeddings, which the graph cannot.</exception>
    public static OnnxGraph ToOnnx(this ModelledEmbedding embedding, double outlierProbability = Defaults.OutlierProbability, bool includeWithin = false)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        DimeOptions.RequireShare(outlierProbability, nameof(outlierProbability));
        if (embedding.Normalizes)
        {
            throw new NotSupportedException(
                "The graph of a detector cannot normalise embeddings: export a hyperplane that was fitted to embeddings as they are.");
        }

        if (includeWithin && !embedding.HasDistanceWithinHyperplane)
        {
            throw new InvalidOperationException(
                "The distance within the hyperplane needs the covariance of the training scores: fit to two or more rows, of a total weight above 1, or leave it out.");
        }

        return new OnnxGraph(DetectorGraph.Create(new Detector(embedding, outlierProbability, includeWithin)));
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
}
