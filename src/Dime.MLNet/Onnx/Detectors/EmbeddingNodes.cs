using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// What the scores of one column have in common, each appended once, where it is needed first. In double precision, as the model
/// computes it: no square of a single overflows there, and a mean far from 0 costs no digits.
/// </summary>
/// <param name="graph">Where to append.</param>
/// <param name="features">The name of the embeddings, N×P of single precision.</param>
internal sealed class EmbeddingNodes(GraphBuilder graph, string features)
{
    private const double LeastLength = 1e-12;

    private string? _wide;
    private string? _sum;
    private string? _squaredLength;
    private string? _length;
    private string? _normalized;

    /// <summary>The embeddings as they are, N×P.</summary>
    public string Features => features;

    /// <summary>The embeddings in double precision.</summary>
    public string Wide() => _wide ??= graph.Node("Cast", "wide", [features], DetectorTypes.CastTo(DetectorTypes.Double));

    /// <summary>A number for each row, N×1 in double precision, that is finite where the row is: no sum of singles overflows there.</summary>
    public string Finiteness() => _squaredLength ?? (_sum ??= graph.Sum(Wide(), "sum", keepDimension: true));

    /// <summary>‖x‖², N×1 in double precision.</summary>
    public string SquaredLength() =>
        _squaredLength ??= graph.Sum(graph.Node("Mul", "squares", [Wide(), Wide()]), "squared_length", keepDimension: true);

    /// <summary>‖x‖, N×1 in double precision.</summary>
    public string Length() => _length ??= graph.Node("Sqrt", "length", [SquaredLength()]);

    /// <summary>x / max(‖x‖, 1e-12), N×P in double precision.</summary>
    public string Normalized() => _normalized ??= graph.Node(
        "Div", "normalized", [Wide(), graph.Node("Max", "divisor", [Length(), graph.Doubles("least_length", [LeastLength])])]);

    /// <summary>The same, rounded to single precision.</summary>
    public string NormalizedSingles() => graph.Node("Cast", "normalized_features", [Normalized()], DetectorTypes.CastTo(DetectorTypes.Float));
}
