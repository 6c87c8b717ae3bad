using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Monitoring;

/// <summary>A tensor that the feature stage can make embeddings of.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Dimension">The values of an embedding.</param>
/// <param name="Pooling">How a row becomes one.</param>
/// <param name="Sizes">The sizes that are pooled over: height and width, or the number of tokens; none where there are none.</param>
internal sealed record EmbeddingTensor(string Name, int Dimension, EmbeddingPooling Pooling, params IReadOnlyList<int> Sizes)
{
    /// <summary>The positions or tokens of a row.</summary>
    public long Positions { get; } = Sizes.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether it is a map of more positions than one.</summary>
    public bool IsMap => Pooling == EmbeddingPooling.Positions && Positions > 1;

    /// <summary>Whether it is tokens.</summary>
    public bool IsTokens => Pooling == EmbeddingPooling.MeanToken && Positions > 1;

    /// <summary>As in "32×32 positions".</summary>
    public string Extent => $"{string.Join('×', Sizes)} {(Pooling == EmbeddingPooling.MeanToken ? "tokens" : "positions")}";
}

/// <summary>Finds those tensors of a network that the feature stage can make embeddings of.</summary>
internal sealed class EmbeddingTensors(NetworkTopology network)
{
    /// <summary>Operators that give the values they take, perhaps rounded, in another form.</summary>
    private static readonly HashSet<string> _reforming =
    [
        "Identity", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Cast", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "Transpose",
    ];

    private readonly ChannelLayouts _layouts = new(network);
    private readonly RowFactors _rows = new(network);

    /// <summary>The network.</summary>
    public NetworkTopology Network => network;

    /// <summary>Whether an operator gives what its first operand holds in another form.</summary>
    public bool IsReforming(NodeProto node) => _reforming.Contains(node.OpType) && node.Input.Count > 0 && network.IsData(node.Input[0]);

    /// <summary>A tensor as an embedding; null where the stage cannot give it: its sizes are not fixed, its channels unknown, or it is no number of two values or more.</summary>
    public EmbeddingTensor? Find(string name)
    {
        if (!network.IsData(name)
            || network.Find(name) is not { IsInput: false, Shape: { Count: > 1 } shape } tensor
            || tensor.ElementType is not (OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double)
            || (shape[0].Size is { } batch && batch != (network.InputBatch ?? 1))
            || !_rows.IsRowEach(name)
            || shape.Skip(1).Any(size => size.Size is not (> 0 and <= int.MaxValue)))
        {
            return null;
        }

        int[] sizes = [.. shape.Skip(1).Select(size => (int)size.Size!.Value)];
        return (sizes, _layouts[name]) switch
        {
            ([var values], _) => AtLeastTwo(new EmbeddingTensor(name, values, EmbeddingPooling.None)),
            ([var channels, .. { Length: 1 or 2 } positions], ChannelLayout.First) => AtLeastTwo(new EmbeddingTensor(name, channels, EmbeddingPooling.Positions, positions)),
            ([var channels, 1, 1], _) => AtLeastTwo(new EmbeddingTensor(name, channels, EmbeddingPooling.Positions, 1, 1)),
            ([var tokens, var values], ChannelLayout.Last) => AtLeastTwo(new EmbeddingTensor(name, values, EmbeddingPooling.MeanToken, tokens)),
            _ => null,
        };
    }

    /// <summary>What a layer really works on: a tensor, or the map or tokens that were flattened into it; null where the stage can give neither.</summary>
    public EmbeddingTensor? FindBehind(string name)
    {
        EmbeddingTensor? found = Find(name);
        for (string tensor = name; network.ProducerOf(tensor) is { } node && IsReforming(node);)
        {
            tensor = node.Input[0];
            EmbeddingTensor? behind = Find(tensor);
            if (behind is { Positions: > 1 } && (found is null || behind.Dimension * behind.Positions == found.Dimension * found.Positions))
            {
                return behind;
            }

            // One token alone would have the stage take maps N×C×T for tokens too.
            bool isPlainer = found is { Pooling: EmbeddingPooling.MeanToken, Positions: 1 } && behind is { Pooling: not EmbeddingPooling.MeanToken } && behind.Dimension == found.Dimension;
            found = found is null || isPlainer ? behind : found;
        }

        return found;
    }

    private static EmbeddingTensor? AtLeastTwo(EmbeddingTensor tensor) => tensor.Dimension > 1 ? tensor : null;
}
