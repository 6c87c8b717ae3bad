using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using static Dime.MLNet.Onnx.Graph.GraphBuilder;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>Adds a detector to a network, and changes nothing that is in the network already.</summary>
internal static class GraphFusion
{
    // Before this version of the format, weights had to be inputs too.
    private const int LeastIrVersion = 4;

    public static ModelProto Fuse(ModelProto network, Detector detector, string tensorName, string? prefix)
    {
        CheckVersions(network);
        TypeProto.Types.Tensor type = RequireEmbeddings(network, detector.Embedding, tensorName);

        ModelProto model = network.Clone();
        var names = new UniqueNames(model);
        string name = FreeName(model, prefix ?? DetectorGraph.DefaultName);
        var outputs = DetectorOutputs.For(detector, output => names.Take(prefix is null ? output : $"{prefix}_{output}"));
        var graph = new GraphBuilder(model, names, name);
        string features = AppendPooling(graph, tensorName, type);
        (string Basis, string? Percentiles) weights = DetectorNodes.Append(graph, detector, features, type.Shape.Dim[0], outputs);
        DetectorMetadata.Of(detector, tensorName, weights, outputs).AddTo(model, name);
        return model;
    }

    private static void CheckVersions(ModelProto network)
    {
        // Both names stand for the standard operators.
        long opset = network.OpsetImport.FirstOrDefault(import => import.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (opset < DetectorNodes.LeastOpset)
        {
            throw new NotSupportedException(
                $"The network uses version {opset} of the standard operators; a detector needs {DetectorNodes.LeastOpset} or newer. Convert it, for instance " +
                $"with onnx.version_converter.convert_version(model, {DetectorNodes.LeastOpset}) in Python, or export it again with a newer opset.");
        }

        if (network.IrVersion < LeastIrVersion)
        {
            throw new NotSupportedException(
                $"The network has version {network.IrVersion} of the ONNX format; a detector needs {LeastIrVersion} or newer. Save it again with a current version of its exporter.");
        }
    }

    private static TypeProto.Types.Tensor RequireEmbeddings(ModelProto network, ModelledEmbedding embedding, string tensorName)
    {
        var listed = TensorListing.Names(network.Graph).Select(tensor => tensor.Name).ToList();
        if (!listed.Contains(tensorName))
        {
            throw new ArgumentException($"The network has no tensor '{tensorName}'. {NearMatches.Suggest(tensorName, listed)}", nameof(tensorName));
        }

        TypeProto.Types.Tensor? type = TensorTypes.Resolve(network, [tensorName]).GetValueOrDefault(tensorName)?.TensorType;
        if (type is not { HasElemType: true, Shape: { } shape })
        {
            throw new ArgumentException(
                $"'{tensorName}' is a scalar, no tensor, or neither the graph nor ONNX Runtime knows its shape. State its type and shape in the graph's value_info, or choose another tensor.",
                nameof(tensorName));
        }

        if ((OnnxElementType)type.ElemType is not (OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 or OnnxElementType.Double))
        {
            throw new ArgumentException($"'{tensorName}' is of {(OnnxElementType)type.ElemType}; embeddings are floating-point numbers.", nameof(tensorName));
        }

        if (shape.Dim.Count is < 2 or > 4)
        {
            throw new ArgumentException($"'{tensorName}' has {shape.Dim.Count} dimensions; a detector takes N×P, N×C×T or N×C×H×W.", nameof(tensorName));
        }

        if (shape.Dim[1] is { HasDimValue: true } channels && channels.DimValue != embedding.Dimension)
        {
            throw new ArgumentException(
                $"'{tensorName}' gives embeddings of {channels.DimValue} values; the detector was fitted to embeddings of {embedding.Dimension}. Fuse it where its training embeddings came from.",
                nameof(tensorName));
        }

        return type;
    }

    private static string FreeName(ModelProto model, string wanted)
    {
        HashSet<string> taken = DetectorMetadata.NamesIn(model);
        return taken.Contains(wanted)
            ? Enumerable.Range(1, int.MaxValue).Select(number => $"{wanted}_{number}").First(name => !taken.Contains(name))
            : wanted;
    }

    // GlobalAveragePool takes any number of positions, and no axes, whose form changed with opset 18, as ReduceMean does.
    private static string AppendPooling(GraphBuilder graph, string tensorName, TypeProto.Types.Tensor type)
    {
        string single = type.ElemType == (int)DetectorTypes.Float
            ? tensorName
            : graph.Node("Cast", "single", [tensorName], DetectorTypes.CastTo(DetectorTypes.Float));
        return type.Shape.Dim.Count == 2
            ? single
            : graph.Node("Flatten", "features", [graph.Node("GlobalAveragePool", "pooled", [single])], Attribute("axis", 1L));
    }
}
