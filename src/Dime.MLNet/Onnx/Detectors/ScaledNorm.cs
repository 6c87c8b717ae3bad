using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// Appends the operators that make the rows of a matrix safe to square: rows that are not finite become zeros, and huge
/// and tiny rows are divided by their largest value.
/// </summary>
/// <param name="Rows">The rows to compute with, N×P.</param>
/// <param name="Scale">What they were divided by, N×1: 1 for all but huge and tiny rows.</param>
/// <param name="IsFinite">Whether all values of a row are finite, N×1.</param>
internal sealed record ScaledNorm(string Rows, string Scale, string IsFinite)
{
    // Squares of values between these, and of residuals a millionth of them, are normal numbers in single precision.
    private const float LeastOrdinary = 1e-8f;
    private const float GreatestOrdinary = 1e15f;

    // The least normal number; some processors take those below it for zero.
    private const float LeastNormal = 1.17549435e-38f;

    public static ScaledNorm Of(GraphBuilder graph, string matrix, string name)
    {
        string greatest = graph.Scalar($"{name}_greatest", float.MaxValue);
        string magnitude = graph.Node("Abs", $"{name}_magnitude", [matrix]);

        // No comparison with NaN holds, so this is false for NaN as well as for infinity.
        string finite = graph.Node("LessOrEqual", $"{name}_is_finite", [magnitude, greatest]);
        string size = graph.Node("Where", $"{name}_size", [finite, magnitude, graph.Scalar($"{name}_infinity", float.PositiveInfinity)]);
        string largest = graph.RowMaximum(size, $"{name}_largest");
        string isFinite = graph.Node("LessOrEqual", $"{name}_row_is_finite", [largest, greatest]);

        string ordinary = graph.Node("Clip", $"{name}_ordinary", [largest, graph.Scalar($"{name}_low", LeastOrdinary), graph.Scalar($"{name}_high", GreatestOrdinary)]);
        string isOrdinary = graph.Node("Equal", $"{name}_is_ordinary", [largest, ordinary]);
        string divisor = graph.Node("Clip", $"{name}_divisor", [largest, graph.Scalar($"{name}_least", LeastNormal), greatest]);
        string scale = graph.Node("Where", $"{name}_scale", [isOrdinary, graph.Scalar($"{name}_unscaled", 1), divisor]);

        string kept = graph.Node("Where", $"{name}_kept", [isFinite, matrix, graph.Scalar($"{name}_zero", 0)]);
        return new ScaledNorm(graph.Node("Div", $"{name}_rows", [kept, scale]), scale, isFinite);
    }

    /// <summary>Appends the Euclidean length, N×1, of the rows of a matrix that is in the scale of <see cref="Rows"/>.</summary>
    public string Measure(GraphBuilder graph, string matrix, string name)
    {
        string squares = graph.Node("Mul", $"{name}_squares", [matrix, matrix]);
        string length = graph.Node("Sqrt", $"{name}_scaled", [graph.RowSum(squares, $"{name}_sum", keepDimension: true)]);
        return InfiniteUnlessFinite(graph, graph.Node("Mul", $"{name}_length", [length, Scale]), name);
    }

    /// <summary>Appends the replacement of the values, N×1, of rows that are not finite by +∞.</summary>
    public string InfiniteUnlessFinite(GraphBuilder graph, string values, string name) =>
        graph.Node("Where", name, [IsFinite, values, graph.Scalar($"{name}_infinity", float.PositiveInfinity)]);
}
