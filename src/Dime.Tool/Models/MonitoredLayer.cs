using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>A tensor that a detector can watch.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operator">The operator that computes it.</param>
/// <param name="Shape">Its dimensions, the batch first.</param>
/// <param name="Width">The number of values of an embedding, after pooling where the tensor is a feature map or tokens.</param>
/// <param name="Positions">The positions of a feature map, rows first, or the number of tokens; empty where there are none.</param>
/// <param name="Pooling">How its rows become embeddings; null where the network does not tell, and the first dimension after the batch is taken for channels.</param>
/// <param name="IsOutput">Whether the network hands it out.</param>
internal sealed record MonitoredLayer(
    string Name, string Operator, string Shape, int Width, IReadOnlyList<long> Positions, EmbeddingPooling? Pooling, bool IsOutput)
{
    /// <summary>The pooling that the feature stage needs for it.</summary>
    public TokenPooling TokenPooling => Pooling == EmbeddingPooling.MeanToken ? TokenPooling.Mean : TokenPooling.None;

    /// <summary>The tensors of a network that are embeddings or feature maps of known sizes, in the order in which they are computed.</summary>
    public static IReadOnlyList<MonitoredLayer> Of(OnnxGraph network) => [.. network.Tensors.Select(tensor => TryCreate(network, tensor)).OfType<MonitoredLayer>()];

    private static MonitoredLayer? TryCreate(OnnxGraph network, OnnxTensorInfo tensor)
    {
        bool isNumber = tensor.ElementType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double;
        bool isWatchable = isNumber && tensor is { OperatorType: not null, Shape.Count: >= 2 and <= 4 } && tensor.Shape.Skip(1).All(dimension => dimension.IsFixed);
        if (!isWatchable)
        {
            return null;
        }

        EmbeddingPooling? pooling = network.PoolingOf(tensor.Name);
        long[] sizes = [.. tensor.Shape!.Skip(1).Select(dimension => dimension.Size!.Value)];
        (long width, long[] positions) = pooling == EmbeddingPooling.MeanToken ? (sizes[1], [sizes[0]]) : (sizes[0], sizes[1..]);
        return new MonitoredLayer(tensor.Name, tensor.OperatorType!, string.Join(" x ", tensor.Shape!), checked((int)width), positions, pooling, tensor.IsOutput);
    }
}
