using Dime.MLNet.Modelling;
using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using static Dime.MLNet.Onnx.Graph.GraphBuilder;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// A detector in operators of the standard domain. All of them take their arguments in the same way from
/// <see cref="LeastOpset"/> on, so that the same nodes are right in any newer network.
/// </summary>
internal sealed class DetectorNodes
{
    /// <summary>The first version of the standard operators in which ReduceSum and Squeeze take their axes as inputs.</summary>
    public const int LeastOpset = 13;

    private readonly GraphBuilder _graph;
    private readonly DetectorOutputs _outputs;
    private readonly TensorShapeProto.Types.Dimension _batch;

    private DetectorNodes(GraphBuilder graph, DetectorOutputs outputs, TensorShapeProto.Types.Dimension batch)
    {
        _graph = graph;
        _outputs = outputs;
        _batch = batch;
    }

    /// <summary>Appends the operators, the weights and the outputs of a detector.</summary>
    /// <param name="graph">Where to append.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="features">The name of the embeddings, N×P of single precision.</param>
    /// <param name="batch">N.</param>
    /// <param name="outputs">The names of the outputs.</param>
    /// <returns>The names of the weights that <see cref="DetectorReader"/> restores the detector from.</returns>
    public static (string Basis, string? Percentiles) Append(
        GraphBuilder graph, Detector detector, string features, TensorShapeProto.Types.Dimension batch, DetectorOutputs outputs) =>
        new DetectorNodes(graph, outputs, batch).Append(detector, features);

    private (string Basis, string? Percentiles) Append(Detector detector, string features)
    {
        ModelledEmbedding embedding = detector.Embedding;
        string basis = _graph.Matrix("basis", embedding.BasisVectors.Span, embedding.Dimension, embedding.Rank);
        var row = ScaledNorm.Of(_graph, features, "features");
        string scores = _graph.Node("MatMul", "scores", [row.Rows, basis]);

        // The residual itself: ‖x‖² − ‖Vᵀx‖² has no digits left where the row lies almost in the hyperplane.
        string residual = _graph.Node(
            "Gemm", "residual", [scores, basis, row.Rows], Attribute("transB", 1L), Attribute("alpha", -1f), Attribute("beta", 1f));
        string distance = row.Measure(_graph, residual, "distance");
        Output(_outputs.Distance, DetectorTypes.Float, "Squeeze", distance, _graph.Integers("distance_axis", 1));
        string? percentiles = embedding.Distances is { } calibration ? AppendProbability(detector, distance, calibration.Percentiles) : null;

        if (detector.IncludesWithin)
        {
            AppendWithin(embedding, row, scores);
        }

        return (basis, percentiles);
    }

    private string AppendProbability(Detector detector, string distance, ReadOnlySpan<float> percentiles)
    {
        (string? share, string? table) = PercentileLookup.Append(_graph, distance, percentiles, "probability");
        Output(_outputs.Probability!, DetectorTypes.Float, "Min", share, _graph.Scalar("probability_limit", 1));

        // The limit is compared in single precision, as the probabilities are.
        Output(
            _outputs.IsOutOfDistribution!, DetectorTypes.Bool, "GreaterOrEqual", _outputs.Probability!, _graph.Scalar("outlier_probability", (float)detector.OutlierProbability));
        return table;
    }

    private void AppendWithin(ModelledEmbedding embedding, ScaledNorm row, string scaledScores)
    {
        ScoreDistribution distribution = embedding.Scores!;
        string distance;
        if (distribution.Whitening.Length == 0)
        {
            // No direction varies: every finite row is where all of them are.
            distance = _graph.Node("Mul", "within_none", [row.Scale, _graph.Scalar("within_zero", 0)]);
        }
        else
        {
            string scores = _graph.Node("Mul", "within_scores", [scaledScores, row.Scale]);
            var whitened = ScaledNorm.Of(_graph, Whiten(Centre(scores, distribution.Mean), distribution.Whitening, embedding.Rank), "whitened");
            distance = whitened.Measure(_graph, whitened.Rows, "within");
        }

        distance = row.InfiniteUnlessFinite(_graph, distance, "within_distance");
        Output(_outputs.WithinDistance!, DetectorTypes.Float, "Squeeze", distance, _graph.Integers("within_axis", 1));
        if (embedding.WithinDistances is { } calibration)
        {
            (string? share, string _) = PercentileLookup.Append(_graph, distance, calibration.Percentiles, "within_probability");
            Output(_outputs.WithinProbability!, DetectorTypes.Float, "Min", share, _graph.Scalar("within_probability_limit", 1));
        }
    }

    // The means are in double precision, so they are subtracted in two parts: what fits into single precision, and the rest.
    private string Centre(string scores, double[] means)
    {
        float[] main = [.. means.Select(mean => (float)mean)];
        float[] rest = [.. means.Select((mean, i) => (float)(mean - main[i]))];
        string nearly = _graph.Node("Sub", "within_nearly_centred", [scores, _graph.Matrix("mean", main, 1, means.Length)]);
        return _graph.Node("Sub", "within_centred", [nearly, _graph.Matrix("mean_rest", rest, 1, means.Length)]);
    }

    private string Whiten(string centred, float[] whitening, int rank) =>
        _graph.Node("MatMul", "within_whitened", [centred, _graph.Matrix("whitening", whitening, rank, whitening.Length / rank)]);

    private void Output(string name, OnnxElementType type, string operatorType, params string[] inputs) =>
        _graph.Output(operatorType, DetectorTypes.Value(name, type, _batch), inputs);
}
