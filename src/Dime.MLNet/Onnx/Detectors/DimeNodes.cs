using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>DIME in operators.</summary>
internal static class DimeNodes
{
    public static DetectorMetadata Append(GraphBuilder graph, DimeDetector detector, DetectorPorts ports)
    {
        ModelledEmbedding embedding = detector.Embedding;
        var hyperplane = HyperplaneNodes.Append(graph, embedding, new EmbeddingNodes(graph, ports.Features[0]));
        string? percentiles = DetectorNodes.AppendVerdict(graph, hyperplane.AppendDistance(), embedding.DistancePercentiles, detector.OutlierProbability, ports);
        if (detector.IncludesWithin)
        {
            string distance = hyperplane.AppendWithin();
            graph.OutputColumn(DetectorTypes.Value(ports.Outputs.WithinDistance!, DetectorTypes.Float, ports.Batch), distance);
            if (ports.Outputs.WithinProbability is { } probability)
            {
                DetectorNodes.AppendProbability(graph, distance, embedding.WithinDistancePercentiles, "within_probability", probability, ports.Batch);
            }
        }

        return DetectorMetadata.Of(detector, hyperplane.Basis, percentiles, ports);
    }
}
