using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf.Collections;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>Where the channels of a tensor of three dimensions or more are.</summary>
internal enum ChannelLayout
{
    /// <summary>Nobody knows, or there are none, as in the weights of attention.</summary>
    Unknown,

    /// <summary>Second, as convolutions have them: N×C×H×W, N×C×T.</summary>
    First,

    /// <summary>Last, as matrix products have them: N×T×C, N×H×W×C.</summary>
    Last,
}

/// <summary>
/// Which dimension of each tensor holds the channels. Shapes do not tell; the operators do: those that fix it, and those
/// that pass it on or turn it around.
/// </summary>
internal sealed class ChannelLayouts
{
    private static readonly HashSet<string> _channelsFirst =
    [
        "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool",
        "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "DepthToSpace", "SpaceToDepth",
    ];

    private static readonly HashSet<string> _unknown = ["Einsum", "Gemm", "Flatten", "Compress", "NonZero"];

    private readonly NetworkTopology _network;
    private readonly Dictionary<string, ChannelLayout> _layouts = [];

    public ChannelLayouts(NetworkTopology network)
    {
        _network = network;
        foreach (NodeProto node in network.Nodes.Where(node => node.Output.Any(network.IsData)))
        {
            ChannelLayout layout = LayoutAfter(node);
            foreach (string? output in node.Output)
            {
                _layouts[output] = layout;
            }
        }
    }

    public ChannelLayout this[string tensor] => _layouts.GetValueOrDefault(tensor);

    private ChannelLayout LayoutAfter(NodeProto node) => node.OpType switch
    {
        // No such operator can run, but a file may have one that gives what is an input of the network.
        _ when node.Input.Count == 0 => ChannelLayout.Unknown,
        var type when _unknown.Contains(type) => ChannelLayout.Unknown,
        var type when _channelsFirst.Contains(type) => ChannelLayout.First,
        "MatMul" => _network.IsWeighted(node) ? ChannelLayout.Last : ChannelLayout.Unknown,
        "Gather" when !_network.IsData(node.Input[0]) => ChannelLayout.Last,
        "Transpose" => Turned(this[node.Input[0]], node.Attribute.FirstOrDefault(attribute => attribute.Name == "perm")?.Ints),
        "Reshape" or "Squeeze" or "Unsqueeze" => Reshaped(node),
        _ => Inherited(node),
    };

    private ChannelLayout Inherited(NodeProto node)
    {
        int? rank = node.Output.Count > 0 ? RankOf(node.Output[0]) : null;
        return _network.DataOperands(node)
            .Where(operand => rank is not null && RankOf(operand) == rank)
            .Select(operand => this[operand])
            .FirstOrDefault(layout => layout != ChannelLayout.Unknown);
    }

    private static ChannelLayout Turned(ChannelLayout layout, RepeatedField<long>? permutation)
    {
        if (layout == ChannelLayout.Unknown || permutation is not [0, _, _, ..])
        {
            return ChannelLayout.Unknown;
        }

        long channels = layout == ChannelLayout.First ? 1 : permutation.Count - 1;
        return permutation[1] == channels ? ChannelLayout.First : permutation[^1] == channels ? ChannelLayout.Last : ChannelLayout.Unknown;
    }

    private ChannelLayout Reshaped(NodeProto node)
    {
        if (node.Output.Count == 0 || _network.Find(node.Input[0])?.Shape is not { Count: > 2 } from || _network.Find(node.Output[0])?.Shape is not { Count: > 2 } to)
        {
            return ChannelLayout.Unknown;
        }

        return this[node.Input[0]] switch
        {
            ChannelLayout.First when to[1].IsFixed && from[1] == to[1] => ChannelLayout.First,
            ChannelLayout.Last when to[^1].IsFixed && from[^1] == to[^1] => ChannelLayout.Last,
            _ => ChannelLayout.Unknown,
        };
    }

    private int? RankOf(string tensor) => _network.Find(tensor)?.Shape?.Count;
}
