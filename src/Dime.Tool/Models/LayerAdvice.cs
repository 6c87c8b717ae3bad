using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>
/// Which tensor to begin with. A network shrinks its feature map from stage to stage, and the last activation of a stage
/// sums it up; early stages see texture and contrast, late ones what the network takes for the object. The stage in the
/// middle sees some of both. Transformers keep the size of their tokens, and what is in the middle of their depth is taken.
/// </summary>
internal static class LayerAdvice
{
    private static readonly HashSet<string> _activations =
    [
        "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "Clip", "HardSwish", "Mish", "Softplus", "Tanh", "Mul", "Add", "Concat",
    ];

    /// <summary>The tensor to begin with; null where none of the network's is an activation of known size.</summary>
    public static MonitoredLayer? Recommend(IReadOnlyList<MonitoredLayer> layers)
    {
        MonitoredLayer[] activations = [.. layers.Where(layer => !layer.IsOutput && IsActivation(layer))];
        MonitoredLayer[] stages =
        [
            .. activations.Where(layer => layer.Pooling == EmbeddingPooling.Positions && layer.Positions.Any(size => size > 1))
                .GroupBy(layer => string.Join('x', layer.Positions))
                .Select(stage => stage.Last()),
        ];
        MonitoredLayer[] sums = [.. activations.Where(layer => layer is { Pooling: EmbeddingPooling.MeanToken, Operator: "Add", Positions: [> 1] })];
        MonitoredLayer[] tokens = [.. sums.Where(layer => layer.Shape == sums[^1].Shape)];
        MonitoredLayer[] vectors = [.. activations.Where(layer => layer.Pooling == EmbeddingPooling.None)];
        MonitoredLayer[] choices = stages.Length > 0 ? stages : tokens.Length > 0 ? tokens : vectors;
        return choices.Length == 0 ? null : choices[(choices.Length - 1) / 2];
    }

    /// <summary>Whether an operator of the kind that ends a layer produces the tensor.</summary>
    public static bool IsActivation(MonitoredLayer layer) => _activations.Contains(layer.Operator);

    /// <summary>The tensor that the user named, or the recommended one.</summary>
    /// <exception cref="InputException">The network has none of that name that can be watched, or none was named and none can be recommended.</exception>
    public static MonitoredLayer Choose(string? named, string file, OnnxGraph network)
    {
        string? name = Named(named, file, network);
        IReadOnlyList<MonitoredLayer> layers = MonitoredLayer.Of(network);
        return name is null
            ? Recommend(layers) ?? throw new InputException($"'{file}' has no activation of known size to recommend; choose a tensor with --layer ('dime layers {file} --all' lists them).")
            : layers.FirstOrDefault(layer => layer.Name == name)
                ?? throw new InputException($"'{name}' of '{file}' is no embedding or feature map of known size; choose another tensor with --layer ('dime layers {file} --all' lists them).");
    }

    /// <summary>The tensor that the user named, if any.</summary>
    /// <exception cref="InputException">The network has none of that name.</exception>
    public static string? Named(string? named, string file, OnnxGraph network) =>
        named is null || network.Tensors.Any(tensor => tensor.Name == named)
            ? named
            : throw new InputException($"'{file}' has no tensor '{named}'; 'dime layers {file} --all' lists those for --layer.");
}
