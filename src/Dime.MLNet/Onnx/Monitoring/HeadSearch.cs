using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>Walks back from an output to the last layer with weights.</summary>
internal sealed class HeadSearch(NetworkTopology network, EmbeddingTensors embeddings)
{
    private static readonly HashSet<string> _probabilities = ["Softmax", "LogSoftmax", "Hardmax", "Sigmoid", "ArgMax", "TopK"];
    private static readonly HashSet<string> _affine = ["Add", "Sub", "Mul", "Div", "Sum"];
    private static readonly HashSet<string> _pooling = ["GlobalAveragePool", "AveragePool", "ReduceMean"];
    private static readonly HashSet<string> _clipping = ["Relu", "Clip"];

    /// <summary>The last layer before an output; null where something else than a softmax, a bias or another form is between them.</summary>
    public NetworkHead? Find(string output)
    {
        string tensor = output;
        string? probabilities = null;
        bool isPooled = false, isClipped = false;
        List<string> given = [tensor];
        while (network.ProducerOf(tensor) is { } node)
        {
            if (IsLayer(node, isPooled))
            {
                // A backbone too may end in a 1×1 convolution, an activation and a mean: only what follows tells that these are classes.
                bool isBackbone = isClipped && probabilities is null && !NetworkHead.IsNamedAfterClasses(output);
                EmbeddingTensor? logits = given.Select(embeddings.Find).FirstOrDefault(found => found is { Positions: 1 });
                return isBackbone ? null : new NetworkHead(output, node, node.Input[0], logits, probabilities);
            }

            if (Before(node, isPooled) is not { } before)
            {
                return null;
            }

            if (_probabilities.Contains(node.OpType))
            {
                probabilities = node.OpType;
                given.Clear();
            }

            isPooled |= _pooling.Contains(node.OpType);
            isClipped |= _clipping.Contains(node.OpType);
            tensor = before;
            given.Add(tensor);
        }

        return null;
    }

    private bool IsLayer(NodeProto node, bool isPooled) => network.IsWeighted(node) && node.OpType switch
    {
        "Gemm" or "QGemm" => !isPooled,
        "MatMul" or "MatMulInteger" or "QLinearMatMul" or "DynamicQuantizeMatMul" => true,
        "Conv" when isPooled => node.Attribute.FirstOrDefault(attribute => attribute.Name == "kernel_shape") is not { } kernel || kernel.Ints.All(size => size == 1),
        "Conv" => embeddings.Find(node.Output[0]) is { Positions: 1 },
        _ => false,
    };

    private string? Before(NodeProto node, bool isPooled)
    {
        if (_affine.Contains(node.OpType))
        {
            return network.DataOperands(node) is [var operand] ? operand : null;
        }

        bool isPassed = embeddings.IsReforming(node)
            || _probabilities.Contains(node.OpType)
            || (isPooled ? _clipping.Contains(node.OpType) : IsMean(node));
        return isPassed && node.Input.Count > 0 && network.IsData(node.Input[0]) ? node.Input[0] : null;
    }

    // Of a map or of tokens, so that the channels stay.
    private bool IsMean(NodeProto node) => _pooling.Contains(node.OpType)
        && embeddings.Find(node.Output[0]) is { Positions: 1 } mean
        && embeddings.Find(node.Input[0]) is { Positions: > 1 } map
        && mean.Dimension == map.Dimension;
}
