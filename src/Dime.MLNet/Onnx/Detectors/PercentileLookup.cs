using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// The probability of a distance from the calibration percentiles, with two short comparisons in place of one with all of
/// them: first with the first percentile of each row of a nearly square table, then with those of the row that this leads to.
/// </summary>
internal static class PercentileLookup
{
    /// <summary>Appends the operators.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="distances">Distances, N×1, none of them NaN.</param>
    /// <param name="percentiles">Ascending percentiles.</param>
    /// <param name="name">The start of the names of what is appended.</param>
    /// <returns>The name of the probabilities, N, before the limit of 1; and of the table of the percentiles.</returns>
    public static (string Shares, string Table) Append(GraphBuilder graph, string distances, ReadOnlySpan<float> percentiles, string name)
    {
        int columns = (int)Math.Ceiling(Math.Sqrt(percentiles.Length));
        int rows = (percentiles.Length + columns - 1) / columns;

        // Places that are left over count for a distance of +∞ only, whose probability is 1 anyway.
        float[] table = new float[rows * columns];
        table.AsSpan().Fill(float.PositiveInfinity);
        percentiles.CopyTo(table);

        // The first row is the right one for distances below all percentiles too.
        float[] starts = Enumerable.Range(0, rows).Select(row => row == 0 ? float.NegativeInfinity : table[row * columns]).ToArray();

        string tableName = graph.Matrix($"{name}_knots", table, rows, columns);
        string started = Count(graph, graph.Matrix($"{name}_starts", starts, 1, rows), distances, $"{name}_started");
        string row = graph.Node("Sub", $"{name}_row", [started, graph.Integers($"{name}_one", 1)]);
        string candidates = graph.Node("Gather", $"{name}_candidates", [tableName, row], GraphBuilder.Attribute("axis", 0));
        string passed = Count(graph, candidates, distances, $"{name}_passed");
        string before = graph.Node("Mul", $"{name}_before", [row, graph.Integers($"{name}_columns", columns)]);
        string index = graph.Node("Add", $"{name}_index", [before, passed]);

        // Single-precision division of whole numbers rounds as division in double precision and then to single does.
        string wide = graph.Node("Cast", $"{name}_position", [index], DetectorTypes.CastTo(DetectorTypes.Float));
        return (graph.Node("Div", $"{name}_share", [wide, graph.Scalar($"{name}_last", percentiles.Length - 1)]), tableName);
    }

    /// <summary>The percentiles in a table.</summary>
    /// <returns>The first <paramref name="count"/> values; null where the table is none for that many.</returns>
    public static float[]? Read(TensorProto table, int count) =>
        count >= 2 && StoredTensor.ReadMatrix(table) is { } values && values.Length >= count && values.Length - count < table.Dims[1]
            ? values[..count]
            : null;

    // Sums of ones in single precision, which any runtime has, are exact up to 16 million, and here are no more than a row or a column of the table.
    private static string Count(GraphBuilder graph, string percentiles, string distances, string name)
    {
        string passed = graph.Node("LessOrEqual", $"{name}_flags", [percentiles, distances]);
        string ones = graph.Node("Cast", $"{name}_ones", [passed], DetectorTypes.CastTo(DetectorTypes.Float));
        string sum = graph.RowSum(ones, $"{name}_sum", keepDimension: false);
        return graph.Node("Cast", name, [sum], DetectorTypes.CastTo(DetectorTypes.Int64));
    }
}
