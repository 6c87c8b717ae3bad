using Dime.MLNet;
using Dime.Tool.Models;

namespace Dime.Tool.Jobs;

/// <summary>Lists the tensors of a network that a detector can watch, and plans what an ensemble does.</summary>
internal static class LayersJob
{
    /// <param name="file">An ONNX file.</param>
    /// <param name="all">Whether tensors other than activations are listed too.</param>
    /// <param name="size">Width and height of the images; null where the network says them, or takes no images.</param>
    /// <returns>The tensors, in the order in which they are computed, and the plan.</returns>
    /// <exception cref="InputException">The network cannot be used.</exception>
    public static LayersResult Run(string file, bool all, (int Width, int Height)? size)
    {
        OnnxGraph network = NetworkFile.Load(file);
        if (size is not null)
        {
            network = NetworkInput.Of(file, network).Fix(network, new ImageSettings(file, Size: size));
        }

        IReadOnlyList<MonitoredLayer> layers = LibraryErrors.AsInput(() => MonitoredLayer.Of(network));
        MonitoredLayer? recommended = LayerAdvice.Recommend(layers);
        (MonitoringPlan? plan, string? fault) = Plan(file, network);
        return new LayersResult(
            [
                .. layers.Where(layer => all || LayerAdvice.IsActivation(layer))
                    .Select(layer => new LayerResult(layer.Name, layer.Operator, layer.Shape, layer.Width, layer == recommended)),
            ],
            plan is null ? null : PlanResult.Of(plan),
            fault,
            network.Inputs.Any(input => input.Shape is { Count: 4 } shape && shape.Skip(1).Any(one => !one.IsFixed)));
    }

    // Where nothing can be planned, a tensor can still be named.
    private static (MonitoringPlan? Plan, string? Fault) Plan(string file, OnnxGraph network)
    {
        try
        {
            return (NetworkPlan.Of(file, network, classes: null), null);
        }
        catch (InputException e)
        {
            return (null, e.Message);
        }
    }
}

/// <summary>What <c>dime layers</c> tells.</summary>
/// <param name="Layers">The tensors that a detector can watch.</param>
/// <param name="Plan">What an ensemble watches; null where it finds nothing.</param>
/// <param name="PlanFault">Why it finds nothing; null where there is a plan.</param>
/// <param name="TakesAnySize">Whether the images may be of any size, so that maps have none that is known.</param>
internal sealed record LayersResult(IReadOnlyList<LayerResult> Layers, PlanResult? Plan, string? PlanFault, bool TakesAnySize);

/// <summary>What <c>dime layers</c> tells of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operator">The operator that computes it.</param>
/// <param name="Shape">Its dimensions, the batch first.</param>
/// <param name="EmbeddingWidth">The number of values of an embedding.</param>
/// <param name="IsRecommended">Whether it is the one to begin with.</param>
internal sealed record LayerResult(string Name, string Operator, string Shape, int EmbeddingWidth, bool IsRecommended);
