using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>
/// A detector in operators of the standard domain, from <see cref="GraphBuilder.LeastOpset"/> on in the version that the network uses.
/// </summary>
internal static class DetectorNodes
{
    /// <summary>Appends the operators, the weights, the outputs and the description of a detector.</summary>
    public static void Append(ModelProto model, UniqueNames names, string name, Detector detector, DetectorPorts ports)
    {
        var graph = new GraphBuilder(model, names, name);
        DetectorMetadata metadata = detector switch
        {
            DimeDetector dime => DimeNodes.Append(graph, dime, ports),
            EnsembleDetector ensemble => EnsembleNodes.Append(graph, ensemble, ports),
            _ => throw new ArgumentException($"There are no operators for {detector.GetType()}.", nameof(detector)),
        };
        metadata.AddTo(model, name);
    }

    /// <summary>Appends the outputs of a distance, N×1, its probability and the flag.</summary>
    /// <returns>The name of the table of the percentiles; null where there are none.</returns>
    public static string? AppendVerdict(GraphBuilder graph, string distance, ReadOnlyMemory<float> percentiles, double outlierProbability, DetectorPorts ports)
    {
        graph.OutputColumn(DetectorTypes.Value(ports.Outputs.Distance, DetectorTypes.Float, ports.Batch), distance);
        if (percentiles.IsEmpty)
        {
            return null;
        }

        string table = AppendProbability(graph, distance, percentiles, "probability", ports.Outputs.Probability!, ports.Batch);

        // The limit is compared in single precision, as the probabilities are. A limit that is not a number flags all rows, rather than none.
        graph.OptionalInput(DetectorTypes.Value(ports.Threshold!, DetectorTypes.Float, DetectorTypes.Size(1)), [(float)outlierProbability]);
        string below = graph.Node("Less", "is_below_threshold", [ports.Outputs.Probability!, ports.Threshold!]);
        graph.Output("Not", DetectorTypes.Value(ports.Outputs.IsOutOfDistribution!, DetectorTypes.Bool, ports.Batch), [below]);
        return table;
    }

    /// <summary>Appends the output of the probability of a distance, N×1.</summary>
    /// <returns>The name of the table of the percentiles.</returns>
    public static string AppendProbability(
        GraphBuilder graph, string distance, ReadOnlyMemory<float> percentiles, string name, string output, TensorShapeProto.Types.Dimension batch)
    {
        (string shares, string table) = PercentileLookup.AppendShares(graph, distance, percentiles, name);
        graph.Output("Min", DetectorTypes.Value(output, DetectorTypes.Float, batch), [shares, graph.Scalar($"{name}_limit", 1)]);
        return table;
    }
}
