using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>Chooses what to monitor of a network, from the way its operators hang together.</summary>
internal sealed class MonitoringSearch
{
    // Together the early tensors count as one and a half scores, whatever their number.
    private const double EarlyWeight = 1.5;

    private readonly NetworkTopology _network;
    private readonly EmbeddingTensors _embeddings;
    private readonly HeadSearch _heads;
    private readonly HashSet<string> _ignoredOutputs;
    private readonly List<string> _remarks = [];

    /// <param name="embeddings">The tensors of the network that can be monitored.</param>
    /// <param name="ignoredOutputs">Outputs that are not its own.</param>
    public MonitoringSearch(EmbeddingTensors embeddings, IEnumerable<string> ignoredOutputs)
    {
        _network = embeddings.Network;
        _embeddings = embeddings;
        _heads = new HeadSearch(_network, _embeddings);
        _ignoredOutputs = [.. ignoredOutputs];
    }

    private IEnumerable<string> Outputs => _network.Outputs.Where(output => !_ignoredOutputs.Contains(output));

    /// <exception cref="InvalidOperationException">There is nothing to choose.</exception>
    public MonitoringPlan Suggest(bool hasClasses)
    {
        MonitoredTensor? logits = null;
        (MonitoredTensor last, EmbeddingTensor embedding) = FindHead() is { } head ? Last(head, out logits) : LastOfFeaturizer();
        bool hasTokens = last.Pooling == EmbeddingPooling.MeanToken || logits?.Pooling == EmbeddingPooling.MeanToken;
        IReadOnlyList<MonitoredTensor> early = Early(embedding, hasTokens);
        return new MonitoringPlan
        {
            Tensors = [.. early, last, .. logits is null ? Enumerable.Empty<MonitoredTensor>() : [logits]],
            Scores = [.. Scores(early, last, logits, hasClasses)],
            LogitsColumnName = logits?.OutputColumnName,
            Remarks = _remarks,
        };
    }

    private static IEnumerable<OutOfDistributionScore> Scores(IReadOnlyList<MonitoredTensor> early, MonitoredTensor last, MonitoredTensor? logits, bool hasClasses)
    {
        bool byClass = logits is not null || hasClasses;
        foreach (string column in early.Select(tensor => tensor.OutputColumnName))
        {
            double weight = EarlyWeight / early.Count;
            yield return byClass ? OutOfDistributionScore.ClassMahalanobis(column, weight) : OutOfDistributionScore.Mahalanobis(column, weight);
        }

        yield return byClass
            ? OutOfDistributionScore.RelativeMahalanobis(last.OutputColumnName, normalize: true)
            : OutOfDistributionScore.Mahalanobis(last.OutputColumnName, normalize: true);
        yield return logits is null ? OutOfDistributionScore.FeatureNorm(last.OutputColumnName) : OutOfDistributionScore.Energy(logits.OutputColumnName);
    }

    private NetworkHead? FindHead()
    {
        NetworkHead[] heads = [.. Outputs.Select(_heads.Find).OfType<NetworkHead>().Where(head => _embeddings.FindBehind(head.Input) is not null)];
        NetworkHead? best = heads.MaxBy(head => head.Evidence);
        if (best is not null && heads.Where(head => head != best && head.Logits is not null && head.Logits.Name != best.Logits?.Name).Select(head => head.Output).ToList() is { Count: > 0 } others)
        {
            _remarks.Add($"The output '{best.Output}' was taken for the classes; '{string.Join("', '", others)}' would do as well.");
        }

        return best;
    }

    private (MonitoredTensor Last, EmbeddingTensor Embedding) Last(NetworkHead head, out MonitoredTensor? logits)
    {
        logits = head.Logits is null ? null : Monitored(head.Logits, MonitoredTensorRole.Logits, DescribeLogits(head));
        if (logits is null)
        {
            _remarks.Add($"There are no logits: the output '{head.Output}' is not N×K with a value for each of two classes or more.");
        }

        EmbeddingTensor embedding = _embeddings.FindBehind(head.Input)!;
        string layer = $"the last layer, a {head.Layer.OpType} with weights, makes {(logits is null ? $"the output '{head.Output}'" : "the logits")}";
        string what = embedding switch
        {
            { IsMap: true } => $"the map of {embedding.Extent} that {layer} of",
            { IsTokens: true } => $"the {embedding.Extent} that {layer} of",
            _ when TakesFirstToken(embedding) => $"the token that the network itself picks, of which {layer}",
            _ => $"what {layer} of",
        };
        return (Monitored(embedding, MonitoredTensorRole.LastEmbedding, what), embedding);
    }

    private (MonitoredTensor Last, EmbeddingTensor Embedding) LastOfFeaturizer()
    {
        // What a last layer gives of something that cannot be an embedding, such as the network's input, is none either.
        foreach (string output in Outputs.Where(output => _heads.Find(output) is null))
        {
            string tensor = UnitLengths.Undone(_network, output);
            if (_embeddings.FindBehind(tensor) is { } embedding)
            {
                _remarks.Add("There are no logits: no output is a product with weights, before a softmax or without one.");
                string normalized = tensor == output ? "" : ", before it is brought to length one";
                string flattened = embedding.Name == tensor ? "" : $", as the {embedding.Extent} that it is made of";
                return (Monitored(embedding, MonitoredTensorRole.LastEmbedding, $"the output '{output}'{normalized}{flattened}"), embedding);
            }
        }

        throw new InvalidOperationException(
            "Nothing of the network can be monitored. Looked for an output that a Gemm, a MatMul or a Conv with constant weights leads to, with an operator of the network before it, whose "
            + "result would be the last embedding; then for an output of Float, Float16 or Double, N×P, N×C×H×W or N×T×C, with two values or more and all sizes but N's fixed. "
            + $"The outputs are: {string.Join("; ", Outputs.Select(output => _network.Find(output)?.ToString() ?? output))}. "
            + "Fix the sizes when the network is exported, or name tensors in OnnxFeatureOptions.TensorNames (OnnxGraph.Tensors lists them) and scores of them yourself.");
    }

    private IReadOnlyList<MonitoredTensor> Early(EmbeddingTensor last, bool hasTokens)
    {
        var search = new EarlyTensors(_network, _embeddings);
        IReadOnlyList<EmbeddingTensor> pooled = search.PooledInto(last);
        IReadOnlyList<MonitoredTensor> early = pooled.Any(tensor => tensor.IsTokens) ? EarlyTokens(search, last) : EarlyMaps(search, last, pooled, hasTokens);
        if (early.Count == 0)
        {
            _remarks.Add(
                "There are no early tensors: no activation behind a layer with weights has a map N×C×H×W of fixed size and of more positions than the one that the last embedding is "
                + "made of, and no tokens N×T×C are summed up at an earlier depth. Faults of camera and preprocessing will be seen less well.");
        }

        return early;
    }

    // One stage takes all tensors of three dimensions for maps N×C×T, or all for tokens N×T×C.
    private IReadOnlyList<MonitoredTensor> EarlyMaps(EarlyTensors search, EmbeddingTensor last, IReadOnlyList<EmbeddingTensor> pooled, bool hasTokens)
    {
        EmbeddingTensor? map = pooled.MaxBy(tensor => tensor.Positions);
        string than = map is null ? "" : $", more than the {map.Extent} of the map that the last embedding is made of";
        ILookup<bool, (EmbeddingTensor Tensor, NodeProto Node)> maps = search.Maps(last, map?.Positions ?? 1).ToLookup(found => hasTokens && found.Tensor.Sizes.Count == 1);
        if (maps[true].Select(found => found.Tensor.Name).ToList() is { Count: > 0 } left)
        {
            _remarks.Add($"The maps N×C×T '{string.Join("', '", left)}' are left out: one stage cannot pool them and '{last.Name}' or the logits, which are tokens N×T×C.");
        }

        return
        [
            .. maps[false].Select(found => Monitored(
                found.Tensor, MonitoredTensorRole.Early, $"the last activation ({found.Node.OpType}) of {found.Tensor.Extent}{than}")),
        ];
    }

    private static IReadOnlyList<MonitoredTensor> EarlyTokens(EarlyTensors search, EmbeddingTensor last)
    {
        (IReadOnlyList<(EmbeddingTensor Tensor, int Number)> sums, int count) = search.Tokens(last);
        return
        [
            .. sums.Select(sum => Monitored(
                sum.Tensor, MonitoredTensorRole.Early, FormattableString.Invariant($"residual sum {sum.Number} of {count} over {sum.Tensor.Extent}, of a transformer whose tokens keep their size"))),
        ];
    }

    private static string DescribeLogits(NetworkHead head)
    {
        string where = head.Logits!.Name == head.Output ? $"the output '{head.Output}'" : $"what the output '{head.Output}' is made of";
        return head.Probabilities is { } operation
            ? $"{where}, before {operation}"
            : $"{where}, a {head.Layer.OpType} with weights and no activation after it; if these are no classes, drop the tensor and its score";
    }

    private bool TakesFirstToken(EmbeddingTensor embedding)
    {
        for (string name = embedding.Name; _network.ProducerOf(name) is { } node && _network.DataOperands(node) is [var operand]; name = operand)
        {
            if (node.OpType is "Gather" or "Slice" && _embeddings.Find(operand) is { IsTokens: true })
            {
                return true;
            }
        }

        return false;
    }

    private static MonitoredTensor Monitored(EmbeddingTensor tensor, MonitoredTensorRole role, string reason) => new()
    {
        Name = tensor.Name,
        Role = role,
        Dimension = tensor.Dimension,
        Pooling = tensor.Pooling,
        Reason = reason,
    };
}
