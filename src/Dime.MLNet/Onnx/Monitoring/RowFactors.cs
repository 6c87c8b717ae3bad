using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>
/// Whether a tensor's first dimension is that of the rows. Networks multiply tokens as one long matrix, [N·T, C], whose
/// first size is as unknown as that of N×C: only the way there tells.
/// </summary>
internal sealed class RowFactors
{
    private readonly NetworkTopology _network;
    private readonly Dictionary<string, double> _factors = [];

    public RowFactors(NetworkTopology network)
    {
        _network = network;
        foreach (NodeProto node in network.Nodes.Where(node => node.Output.Any(network.IsData)))
        {
            double factor = network.DataOperands(node).Select(Of).FirstOrDefault(of => of != 1, 1);
            if (node.OpType is "Reshape" or "Flatten" && node is { Input.Count: > 0, Output.Count: > 0 } && SizeOf(node.Input[0]) is { } from && SizeOf(node.Output[0]) is { } to)
            {
                factor = Of(node.Input[0]) * from / to;
            }

            foreach (string output in node.Output)
            {
                _factors[output] = factor;
            }
        }
    }

    /// <summary>Whether a tensor has as many rows as the network is given.</summary>
    public bool IsRowEach(string tensor) => Of(tensor) == 1;

    private double Of(string tensor) => _factors.GetValueOrDefault(tensor, 1);

    /// <summary>The values of what the first dimension counts; null where they are not known.</summary>
    private double? SizeOf(string tensor) => _network.Find(tensor)?.Shape is { Count: > 0 } shape && shape.Skip(1).All(size => size.Size is > 0)
        ? shape.Skip(1).Aggregate(1.0, (product, size) => product * size.Size!.Value)
        : null;
}
