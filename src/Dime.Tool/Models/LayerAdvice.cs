using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>
/// Which tensor to begin with. A network shrinks its feature map from stage to stage, and the last activation of a stage
/// sums it up; early stages see texture and contrast, late ones what the network takes for the object. The stage in the
/// middle sees some of both.
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
            .. activations.Where(layer => layer.Positions.Count == 2 && layer.Positions.Any(size => size > 1))
                .GroupBy(layer => (layer.Positions[0], layer.Positions[1]))
                .Select(stage => stage.Last()),
        ];
        MonitoredLayer[] choices = stages.Length > 0 ? stages : [.. activations.Where(layer => layer.Positions.Count == 0)];
        return choices.Length == 0 ? null : choices[(choices.Length - 1) / 2];
    }

    /// <summary>Whether an operator of the kind that ends a layer produces the tensor.</summary>
    public static bool IsActivation(MonitoredLayer layer) => _activations.Contains(layer.Operator);

    /// <summary>The tensor that the user named, or the recommended one.</summary>
    /// <exception cref="InputException">The network has none of that name, or none was named and none can be recommended.</exception>
    public static string Choose(string? named, string file, OnnxGraph network) =>
        Named(named, file, network)
        ?? Recommend(MonitoredLayer.Of(network))?.Name
        ?? throw new InputException($"'{file}' has no activation of known size to recommend; choose a tensor with --layer ('dime layers {file} --all' lists them).");

    /// <summary>The tensor that the user named, if any.</summary>
    /// <exception cref="InputException">The network has none of that name.</exception>
    public static string? Named(string? named, string file, OnnxGraph network) =>
        named is null || network.Tensors.Any(tensor => tensor.Name == named)
            ? named
            : throw new InputException($"'{file}' has no tensor '{named}'; 'dime layers {file} --all' lists those for --layer.");
}
