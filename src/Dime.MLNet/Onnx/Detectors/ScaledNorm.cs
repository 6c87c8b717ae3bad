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
        string infinity = graph.Scalar($"{name}_infinity", float.PositiveInfinity);
        string magnitude = graph.Node("Abs", $"{name}_magnitude", [matrix]);

        // No comparison with NaN holds, so this is false for NaN as well as for infinity.
        string finite = graph.Node("Less", $"{name}_is_finite", [magnitude, infinity]);
        string size = graph.Node("Where", $"{name}_size", [finite, magnitude, infinity]);
        string largest = graph.RowMaximum(size, $"{name}_largest");
        string isFinite = graph.Node("Less", $"{name}_row_is_finite", [largest, infinity]);

        string isTiny = graph.Node("Less", $"{name}_is_tiny", [largest, graph.Scalar($"{name}_low", LeastOrdinary)]);
        string isHuge = graph.Node("Greater", $"{name}_is_huge", [largest, graph.Scalar($"{name}_high", GreatestOrdinary)]);
        string divisor = graph.Node("Max", $"{name}_divisor", [largest, graph.Scalar($"{name}_least", LeastNormal)]);
        string isScaled = graph.Node("Or", $"{name}_is_scaled", [isTiny, isHuge]);
        string scale = graph.Node("Where", $"{name}_scale", [isScaled, divisor, graph.Scalar($"{name}_unscaled", 1)]);

        string kept = graph.Node("Where", $"{name}_kept", [isFinite, matrix, graph.Scalar($"{name}_zero", 0)]);
        return new ScaledNorm(graph.Node("Div", $"{name}_rows", [kept, scale]), scale, isFinite);
    }

    /// <summary>Appends the Euclidean length, N×1, of the rows of a matrix that is in the scale of <see cref="Rows"/>.</summary>
    public string Measure(GraphBuilder graph, string matrix, string name)
    {
        string squares = graph.Node("Mul", $"{name}_squares", [matrix, matrix]);
        string length = graph.Node("Sqrt", $"{name}_scaled", [graph.Sum(squares, $"{name}_sum", keepDimension: true)]);
        return InfiniteUnlessFinite(graph, graph.Node("Mul", $"{name}_length", [length, Scale]), name);
    }

    /// <summary>Appends the replacement of the values, N×1, of rows that are not finite by +∞.</summary>
    public string InfiniteUnlessFinite(GraphBuilder graph, string values, string name) =>
        graph.Node("Where", name, [IsFinite, values, graph.Scalar($"{name}_infinity", float.PositiveInfinity)]);
}
