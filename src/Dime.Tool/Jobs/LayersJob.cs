using Dime.Tool.Models;
using Dime.Tool.Terminal;

namespace Dime.Tool.Jobs;

/// <summary>Lists the tensors of a network that a detector can watch.</summary>
internal static class LayersJob
{
    /// <param name="network">An ONNX file.</param>
    /// <param name="all">Whether tensors other than activations are listed too.</param>
    /// <returns>The tensors, in the order in which they are computed.</returns>
    /// <exception cref="InputException">The network cannot be used.</exception>
    public static IReadOnlyList<LayerResult> Run(string network, bool all)
    {
        IReadOnlyList<MonitoredLayer> layers = LibraryErrors.AsInput(() => MonitoredLayer.Of(NetworkFile.Load(network)));
        MonitoredLayer? recommended = LayerAdvice.Recommend(layers);
        return
        [
            .. layers.Where(layer => all || LayerAdvice.IsActivation(layer))
                .Select(layer => new LayerResult(layer.Name, layer.Operator, layer.Shape, layer.Width, layer == recommended)),
        ];
    }
}

/// <summary>What <c>dime layers</c> tells of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operator">The operator that computes it.</param>
/// <param name="Shape">Its dimensions, the batch first.</param>
/// <param name="EmbeddingWidth">The number of values of an embedding.</param>
/// <param name="IsRecommended">Whether it is the one to begin with.</param>
internal sealed record LayerResult(string Name, string Operator, string Shape, int EmbeddingWidth, bool IsRecommended);
