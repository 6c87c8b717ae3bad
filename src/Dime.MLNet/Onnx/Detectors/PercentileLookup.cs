using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// Counts the calibration percentiles above a value, with two short comparisons in place of one with all of them: first with
/// the first percentile of each row of a nearly square table, then with those of the row that this leads to. Several kinds of
/// values, each with percentiles of its own, are looked up at once.
/// </summary>
internal static class PercentileLookup
{
    /// <summary>Appends the operators.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="values">Values, none of them NaN: N×1 of one kind, or N×S×1 of S kinds.</param>
    /// <param name="percentiles">For each kind ascending percentiles, all of them as many.</param>
    /// <param name="axis">The last axis of the values: 1 or 2.</param>
    /// <param name="name">The start of the names of what is appended.</param>
    /// <returns>
    /// The names of the numbers of percentiles above, in single precision, N or N×S, each <c>Spare</c> too large unless the value is +∞;
    /// and of the table of the percentiles.
    /// </returns>
    public static (string Above, int Spare, string Table) Append(GraphBuilder graph, string values, IReadOnlyList<ReadOnlyMemory<float>> percentiles, int axis, string name)
    {
        (int kinds, int count) = (percentiles.Count, percentiles[0].Length);
        int columns = (int)Math.Ceiling(Math.Sqrt(count));
        int rows = RowsOf(count, columns);

        // Places that are left over count for a value of +∞ only, which is above all percentiles anyway.
        float[] table = new float[kinds * rows * columns];
        float[] starts = new float[kinds * rows];
        float[] lastRows = new float[kinds];
        table.AsSpan().Fill(float.PositiveInfinity);
        for (int kind = 0; kind < kinds; kind++)
        {
            percentiles[kind].Span.CopyTo(table.AsSpan(kind * rows * columns));
            for (int i = kind * rows; i < (kind + 1) * rows; i++)
            {
                starts[i] = table[i * columns];
            }

            // The first row is the right one for values below all percentiles too.
            starts[kind * rows] = float.NegativeInfinity;
            lastRows[kind] = ((kind + 1) * rows) - 1;
        }

        string tableName = graph.Matrix($"{name}_knots", table, kinds * rows, columns);
        string later = CountAbove(graph, graph.Matrix($"{name}_starts", starts, kinds, rows), values, axis, $"{name}_later");
        string row = graph.Node("Sub", $"{name}_row", [graph.Singles($"{name}_last_row", lastRows), later]);
        string index = graph.Node("Cast", $"{name}_index", [row], DetectorTypes.CastTo(DetectorTypes.Int64));
        string candidates = graph.Node("Gather", $"{name}_candidates", [tableName, index], GraphBuilder.Attribute("axis", 0));
        string here = CountAbove(graph, candidates, values, axis, $"{name}_here");
        string behind = graph.Node("Mul", $"{name}_behind", [later, graph.Scalar($"{name}_columns", columns)]);
        return (graph.Node("Add", $"{name}_above", [behind, here]), (rows * columns) - count, tableName);
    }

    /// <summary>Appends the probability of a distance, N, before the limit of 1.</summary>
    /// <returns>The names of the probabilities and of the table of the percentiles.</returns>
    public static (string Shares, string Table) AppendShares(GraphBuilder graph, string distances, ReadOnlyMemory<float> percentiles, string name)
    {
        (string above, int spare, string table) = Append(graph, distances, [percentiles], axis: 1, name);
        string passed = graph.Node("Sub", $"{name}_position", [graph.Scalar($"{name}_places", percentiles.Length + spare), above]);

        // Single-precision division of whole numbers rounds as division in double precision and then to single does.
        return (graph.Node("Div", $"{name}_share", [passed, graph.Scalar($"{name}_last", percentiles.Length - 1)]), table);
    }

    /// <summary>The percentiles in a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="count">How many percentiles each kind has.</param>
    /// <param name="kinds">How many kinds there are.</param>
    /// <returns>For each kind the first <paramref name="count"/> values of its part; null where the table is none for that many.</returns>
    public static float[][]? Read(TensorProto table, int count, int kinds = 1)
    {
        if (count < 2 || StoredTensor.ReadMatrix(table) is not { } values || values.Length / kinds < count)
        {
            return null;
        }

        int columns = (int)table.Dims[1];
        long part = (long)RowsOf(count, columns) * columns;
        return values.Length == part * kinds ? [.. values.Chunk((int)part).Select(one => one[..count])] : null;
    }

    private static int RowsOf(int count, int columns) => (int)(((long)count + columns - 1) / columns);

    // Sums of ones in single precision, which any runtime has, are exact up to 16 million.
    private static string CountAbove(GraphBuilder graph, string percentiles, string values, int axis, string name)
    {
        string above = graph.Node("Less", $"{name}_flags", [values, percentiles]);
        string ones = graph.Node("Cast", $"{name}_ones", [above], DetectorTypes.CastTo(DetectorTypes.Float));
        return graph.Sum(ones, name, keepDimension: false, axis);
    }
}
