using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>Sees where embeddings are brought to length one, which takes their norm away.</summary>
internal static class UnitLengths
{
    private static readonly HashSet<string> _lengths =
    [
        "ReduceL2", "ReduceSum", "ReduceSumSquare", "Sqrt", "Pow", "Mul", "Abs", "Clip", "Max", "Add", "Expand", "Unsqueeze", "Reshape", "Identity", "Cast",
    ];

    /// <summary>The tensor before it is divided by its length; the tensor itself where it is not.</summary>
    public static string Undone(NetworkTopology network, string name)
    {
        string tensor = name;
        while (network.ProducerOf(tensor) is { OpType: "Identity" or "Cast", Input: [var before] })
        {
            tensor = before;
        }

        return network.ProducerOf(tensor) switch
        {
            { OpType: "LpNormalization", Input: [var before] } => before,
            { OpType: "Div", Input: [var before, var length] } when IsLengthOf(network, length, before) => before,
            _ => name,
        };
    }

    private static bool IsLengthOf(NetworkTopology network, string length, string tensor)
    {
        bool isReduced = false;
        for (string name = length; name != tensor;)
        {
            if (network.ProducerOf(name) is not { } node || !_lengths.Contains(node.OpType) || network.DataOperands(node).Distinct().ToList() is not [var operand])
            {
                return false;
            }

            isReduced |= node.OpType.StartsWith("Reduce", StringComparison.Ordinal);
            name = operand;
        }

        return isReduced;
    }
}
