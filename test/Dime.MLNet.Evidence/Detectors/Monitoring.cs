using Dime.Tool.Models;

namespace Dime.MLNet.Evidence.Detectors;

/// <summary>What is watched: the plan of an ensemble, and the tensor that one DIME distance is measured at.</summary>
/// <param name="Plan">The plan; the tensor of the DIME distance is among its tensors.</param>
/// <param name="DimeColumn">The column of that tensor.</param>
internal sealed record Monitoring(MonitoringPlan Plan, string DimeColumn)
{
    /// <summary>The column of the last embedding.</summary>
    public string EmbeddingColumn => Plan.Tensors.First(tensor => tensor.Role == MonitoredTensorRole.LastEmbedding).OutputColumnName;

    /// <summary>The plan that the library suggests, and the tensor that the tool recommends.</summary>
    /// <param name="file">The file of the network.</param>
    /// <param name="network">The network.</param>
    /// <param name="layer">The tensor for the DIME distance; null for the one that the tool recommends.</param>
    /// <exception cref="InputException">There is nothing to watch, or no such tensor.</exception>
    public static Monitoring Suggest(string file, OnnxGraph network, string? layer)
    {
        MonitoringPlan plan = LibraryErrors.AsInput(() => network.SuggestMonitoring());
        MonitoredLayer dime = LayerAdvice.Choose(layer, file, network);
        if (plan.Tensors.FirstOrDefault(tensor => tensor.Name == dime.Name) is { } known)
        {
            return new Monitoring(plan, known.OutputColumnName);
        }

        var added = new MonitoredTensor
        {
            Name = dime.Name,
            Role = MonitoredTensorRole.Early,
            Dimension = dime.Width,
            Pooling = dime.Pooling ?? EmbeddingPooling.None,
            Reason = "for the DIME distance alone",
        };
        return new Monitoring(plan with { Tensors = [.. plan.Tensors, added] }, added.OutputColumnName);
    }
}
