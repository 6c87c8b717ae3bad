using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>Chooses tensors of the stages before the last embedding.</summary>
internal sealed class EarlyTensors(NetworkTopology network, EmbeddingTensors embeddings)
{
    private const int Most = 4;

    private static readonly HashSet<string> _layers = ["Conv", "ConvTranspose", "Gemm", "MatMul", "FusedConv", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"];

    private static readonly HashSet<string> _activations =
    [
        "Relu", "LeakyRelu", "ThresholdedRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "FastGelu", "BiasGelu", "QuickGelu", "Clip", "HardSwish", "Swish", "Mish",
        "Softplus", "Softsign", "Tanh", "Mul", "Add", "Sum", "Concat",
    ];

    private static readonly HashSet<string> _linear = ["BatchNormalization", "Conv", "FusedConv"];

    /// <summary>The maps or the tokens that the last embedding is made of: the nearest on each way back.</summary>
    public IReadOnlyList<EmbeddingTensor> PooledInto(EmbeddingTensor last)
    {
        var found = new List<EmbeddingTensor>();
        var seen = new HashSet<string> { last.Name };
        var pending = new Stack<string>(seen);
        while (pending.TryPop(out string? name))
        {
            if (embeddings.Find(name) is { } tensor && (tensor.IsMap || tensor.IsTokens))
            {
                found.Add(tensor);
            }
            else if (network.ProducerOf(name) is { } node)
            {
                foreach (string operand in network.DataOperands(node).Where(seen.Add))
                {
                    pending.Push(operand);
                }
            }
        }

        return found;
    }

    /// <summary>The last activation of each size of map that has more positions than the last embedding's, at most the latest four.</summary>
    public IReadOnlyList<(EmbeddingTensor Tensor, NodeProto Node)> Maps(EmbeddingTensor last, long positions)
    {
        var weighted = new HashSet<string>();
        var candidates = new List<(EmbeddingTensor Tensor, NodeProto Node)>();
        foreach (NodeProto node in network.AncestorsOf(last.Name))
        {
            if ((_layers.Contains(node.OpType) && network.DataOperands(node).Count == 1) || node.Input.Any(weighted.Contains))
            {
                weighted.UnionWith(node.Output);
                bool isCandidate = _activations.Contains(node.OpType) || _linear.Contains(node.OpType);
                if (isCandidate && embeddings.Find(node.Output[0]) is { IsMap: true } map && map.Positions > positions)
                {
                    candidates.Add((map, node));
                }
            }
        }

        return
        [
            .. candidates
                .Select((candidate, place) => (candidate.Tensor, candidate.Node, Place: place))
                .GroupBy(candidate => candidate.Tensor.Extent)
                .Select(size => size.Where(candidate => _activations.Contains(candidate.Node.OpType)).DefaultIfEmpty(size.Last()).Last())
                .OrderBy(candidate => candidate.Place)
                .TakeLast(Most)
                .Select(candidate => (candidate.Tensor, candidate.Node)),
        ];
    }

    /// <summary>The residual sums at a quarter, a half and three quarters of a transformer's depth, and how many there are.</summary>
    public (IReadOnlyList<(EmbeddingTensor Tensor, int Number)> Sums, int Count) Tokens(EmbeddingTensor last)
    {
        EmbeddingTensor[] sums =
        [
            .. network.AncestorsOf(last.Name)
                .Where(node => node.OpType == "Add" && network.DataOperands(node).Count == 2)
                .Select(node => embeddings.Find(node.Output[0]))
                .OfType<EmbeddingTensor>()
                .Where(sum => sum.IsTokens),
        ];
        if (sums.Length == 0)
        {
            return ([], 0);
        }

        EmbeddingTensor[] same = [.. sums.Where(sum => sum.Extent == sums[^1].Extent && sum.Dimension == sums[^1].Dimension)];
        IEnumerable<int> depths = Enumerable.Range(1, 3).Select(quarter => ((same.Length * quarter) + 3) / 4).Distinct();
        return ([.. depths.Where(number => number < same.Length).Select(number => (same[number - 1], number))], same.Length);
    }
}
