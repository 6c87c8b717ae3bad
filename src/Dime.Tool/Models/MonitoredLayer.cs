using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>A tensor that a detector can watch.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operator">The operator that computes it.</param>
/// <param name="Shape">Its dimensions, the batch first.</param>
/// <param name="Width">The number of values of an embedding, after pooling where the tensor is a feature map.</param>
/// <param name="Positions">The positions of a feature map, rows first; empty where there are none.</param>
/// <param name="IsOutput">Whether the network hands it out.</param>
internal sealed record MonitoredLayer(string Name, string Operator, string Shape, int Width, IReadOnlyList<long> Positions, bool IsOutput)
{
    /// <summary>The tensors of a network that are embeddings or feature maps of known sizes, in the order in which they are computed.</summary>
    public static IReadOnlyList<MonitoredLayer> Of(OnnxGraph network) => [.. network.Tensors.Select(TryCreate).OfType<MonitoredLayer>()];

    private static MonitoredLayer? TryCreate(OnnxTensorInfo tensor)
    {
        bool isNumber = tensor.ElementType is OnnxElementType.Float or OnnxElementType.Float16;
        bool isWatchable = isNumber && tensor is { OperatorType: not null, Shape.Count: >= 2 and <= 4 } && tensor.Shape.Skip(1).All(dimension => dimension.IsFixed);
        return !isWatchable ? null : new MonitoredLayer(
            tensor.Name,
            tensor.OperatorType!,
            string.Join(" x ", tensor.Shape!),
            checked((int)tensor.Shape![1].Size!.Value),
            [.. tensor.Shape.Skip(2).Select(dimension => dimension.Size!.Value)],
            tensor.IsOutput);
    }
}
