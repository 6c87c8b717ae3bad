using Dime.MLNet.Modelling;
using Dime.MLNet.Onnx.Graph;
using static Dime.MLNet.Onnx.Graph.GraphBuilder;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>The two distances of DIME in operators, N×1 each, in single precision and +∞ for rows that are not finite.</summary>
internal sealed class HyperplaneNodes
{
    private readonly GraphBuilder _graph;
    private readonly ModelledEmbedding _embedding;
    private readonly ScaledNorm _row;
    private readonly string _scores;

    private HyperplaneNodes(GraphBuilder graph, ModelledEmbedding embedding, string features)
    {
        _graph = graph;
        _embedding = embedding;
        Basis = graph.Matrix("basis", embedding.BasisVectors.Span, embedding.Dimension, embedding.Rank);
        _row = ScaledNorm.Of(graph, features, "features");
        _scores = graph.Node("MatMul", "scores", [_row.Rows, Basis]);
    }

    /// <summary>The name of the weights that hold the basis.</summary>
    public string Basis { get; }

    public static HyperplaneNodes Append(GraphBuilder graph, ModelledEmbedding embedding, EmbeddingNodes column) =>
        new(graph, embedding, embedding.Normalizes ? column.NormalizedSingles() : column.Features);

    public string AppendDistance()
    {
        // The residual itself: ‖x‖² − ‖Vᵀx‖² has no digits left where the row lies almost in the hyperplane.
        string residual = _graph.Node(
            "Gemm", "residual", [_scores, Basis, _row.Rows], Attribute("transB", 1L), Attribute("alpha", -1f), Attribute("beta", 1f));
        return _row.Measure(_graph, residual, "distance");
    }

    public string AppendWithin()
    {
        ScoreDistribution distribution = _embedding.Scores!;
        string distance;
        if (distribution.Whitening.Length == 0)
        {
            // No direction varies: every finite row is where all of them are.
            distance = _graph.Node("Mul", "within_none", [_row.Scale, _graph.Scalar("within_zero", 0)]);
        }
        else
        {
            string scores = _graph.Node("Mul", "within_scores", [_scores, _row.Scale]);
            var whitened = ScaledNorm.Of(_graph, Whiten(Centre(scores, distribution.Mean), distribution.Whitening), "whitened");
            distance = whitened.Measure(_graph, whitened.Rows, "within");
        }

        return _row.InfiniteUnlessFinite(_graph, distance, "within_distance");
    }

    // The means are in double precision, so they are subtracted in two parts: what fits into single precision, and the rest.
    private string Centre(string scores, double[] means)
    {
        float[] main = [.. means.Select(mean => (float)mean)];
        float[] rest = [.. means.Select((mean, i) => (float)(mean - main[i]))];
        string nearly = _graph.Node("Sub", "within_nearly_centred", [scores, _graph.Matrix("mean", main, 1, means.Length)]);
        return _graph.Node("Sub", "within_centred", [nearly, _graph.Matrix("mean_rest", rest, 1, means.Length)]);
    }

    private string Whiten(string centred, float[] whitening) => _graph.Node(
        "MatMul", "within_whitened", [centred, _graph.Matrix("whitening", whitening, _embedding.Rank, whitening.Length / _embedding.Rank)]);
}
