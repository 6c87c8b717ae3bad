using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using static Dime.MLNet.Onnx.Graph.GraphBuilder;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>Adds a detector to a network, and changes nothing that is in the network already.</summary>
internal static class GraphFusion
{
    // Before this version of the format, weights had to be inputs too; those that are may stay.
    private const int LeastIrVersion = 4;

    private const int RecommendedOpset = 13;

    /// <param name="network">The network; it is not changed.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="tensorNames">The tensors that it monitors, in the order of its inputs.</param>
    /// <param name="prefix">The name of the detector and the start of the names of its outputs; null for the usual ones.</param>
    /// <param name="tokenPooling">What becomes of tensors of three dimensions; null where nobody said, which takes them for maps.</param>
    /// <param name="hasTokens">Whether the operators of the network tell that a tensor is tokens; asked where nobody said what becomes of it, and no size does.</param>
    /// <param name="parameterName">The parameter of the public method that named the tensors.</param>
    public static ModelProto Fuse(
        ModelProto network, Detector detector, IReadOnlyList<string> tensorNames, string? prefix, TokenPooling? tokenPooling, Func<string, bool> hasTokens, string parameterName)
    {
        TokenPooling pooling = tokenPooling ?? TokenPooling.None;
        CheckVersion(network);
        IReadOnlyList<DetectorInput> inputs = detector.Inputs;
        if (inputs.Count != tensorNames.Count)
        {
            throw new ArgumentException(
                $"The detector reads {inputs.Count} tensors, {string.Join(", ", inputs.Select(input => $"{input.Name} [N, {input.Dimension}]"))}; {tensorNames.Count} are named. Name one for each, in this order.",
                parameterName);
        }

        TypeProto.Types.Tensor[] types = [.. inputs.Zip(tensorNames, (input, tensor) => RequireEmbeddings(network, input, tensor, pooling, parameterName))];
        RequireTokens(types, pooling);
        if (tokenPooling is null)
        {
            RequireMaps(types, inputs, tensorNames, hasTokens, parameterName);
        }

        TensorShapeProto.Types.Dimension batch = RequireOneBatch(types, tensorNames, parameterName);

        ModelProto model = network.Clone();
        model.IrVersion = Math.Max(model.IrVersion, LeastIrVersion);
        var names = new UniqueNames(model);
        string name = FreeName(model, prefix ?? DetectorGraph.DefaultName);
        string Choose(string output) => names.Take(prefix is null ? output : $"{prefix}_{output}");

        // Outputs first: they have the better claim to a name.
        var ports = DetectorPorts.Of(detector, tensorNames, [], batch, Choose);
        var graph = new GraphBuilder(model, names, name);
        string[] features = [.. tensorNames.Select((tensor, i) => AppendEmbeddings(graph, tensor, types[i], inputs[i].Dimension, pooling))];
        DetectorNodes.Append(model, names, name, detector, ports with { Features = features });
        return model;
    }

    private static void CheckVersion(ModelProto network)
    {
        long opset = StandardOpset.Of(network);
        if (opset < GraphBuilder.LeastOpset)
        {
            throw new NotSupportedException(
                $"The network uses version {opset} of the standard operators; a detector needs {GraphBuilder.LeastOpset} or newer. Convert it, for instance " +
                $"with onnx.version_converter.convert_version(model, {RecommendedOpset}) in Python, or export it again with a newer opset.");
        }
    }

    private static TypeProto.Types.Tensor RequireEmbeddings(
        ModelProto network, DetectorInput input, string tensorName, TokenPooling tokenPooling, string parameterName)
    {
        var listed = TensorListing.Names(network.Graph).Select(tensor => tensor.Name).ToList();
        if (!listed.Contains(tensorName))
        {
            throw new ArgumentException($"The network has no tensor '{tensorName}'. {NearMatches.Suggest(tensorName, listed)}", parameterName);
        }

        TypeProto.Types.Tensor? type = TensorTypes.Resolve(network, [tensorName]).GetValueOrDefault(tensorName)?.TensorType;
        if (type is not { HasElemType: true, Shape: { } shape })
        {
            throw new ArgumentException(
                $"'{tensorName}' is a scalar, no tensor, or neither the graph nor ONNX Runtime knows its shape. State its type and shape in the graph's value_info, or choose another tensor.",
                parameterName);
        }

        if ((OnnxElementType)type.ElemType is not (OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 or OnnxElementType.Double))
        {
            throw new ArgumentException($"'{tensorName}' is of {(OnnxElementType)type.ElemType}; embeddings are floating-point numbers.", parameterName);
        }

        if (shape.Dim.Count is < 2 or > 4)
        {
            throw new ArgumentException($"'{tensorName}' has {shape.Dim.Count} dimensions; a detector takes N×P, N×C×T or N×C×H×W.", parameterName);
        }

        if (shape.Dim[HasTokens(shape, tokenPooling) ? 2 : 1] is { HasDimValue: true } channels
            && channels.DimValue != input.Dimension && !IsFlattened(shape, input.Dimension, tokenPooling))
        {
            string tokens = tokenPooling == TokenPooling.None && shape.Dim.Count == 3 && shape.Dim[2].DimValue == input.Dimension
                ? $" If these are the tokens of a transformer, N×T×C, say so with tokenPooling: {nameof(TokenPooling)} of the stage that made the training embeddings."
                : "";
            throw new ArgumentException(
                $"'{tensorName}' gives embeddings of {channels.DimValue} values; the detector was fitted to embeddings of {input.Dimension}. Fuse it where its training embeddings came from.{tokens}",
                parameterName);
        }

        return type;
    }

    private static bool HasTokens(TensorShapeProto shape, TokenPooling tokenPooling) => tokenPooling != TokenPooling.None && shape.Dim.Count == 3;

    /// <summary>Whether a detector of so many values was fitted to whole maps: to more values than channels.</summary>
    private static bool IsFlattened(TensorShapeProto shape, int dimension, TokenPooling tokenPooling) =>
        shape.Dim.Count > 2
        && !HasTokens(shape, tokenPooling)
        && shape.Dim[1].DimValue != dimension
        && shape.Dim.Skip(1).All(size => size.HasDimValue)
        && shape.Dim.Skip(1).Aggregate(1.0, (product, size) => product * size.DimValue) == dimension;

    private static void RequireTokens(TypeProto.Types.Tensor[] types, TokenPooling tokenPooling)
    {
        if (tokenPooling != TokenPooling.None && !Array.Exists(types, type => HasTokens(type.Shape, tokenPooling)))
        {
            throw new ArgumentException($"None of the tensors has tokens to pool, N×T×C: leave {nameof(TokenPooling)}.{tokenPooling} out.", nameof(tokenPooling));
        }
    }

    // With as many tokens as values, no size tells how the training embeddings were made.
    private static void RequireMaps(
        TypeProto.Types.Tensor[] types, IReadOnlyList<DetectorInput> inputs, IReadOnlyList<string> tensorNames, Func<string, bool> hasTokens, string parameterName)
    {
        for (int i = 0; i < types.Length; i++)
        {
            if (types[i].Shape.Dim is [_, _, { HasDimValue: true } values] && values.DimValue == inputs[i].Dimension && hasTokens(tensorNames[i]))
            {
                throw new ArgumentException(
                    $"'{tensorNames[i]}' has tokens, N×T×C. Say with tokenPooling how the training embeddings were made of them: {nameof(TokenPooling)} of the stage that did it.", parameterName);
            }
        }
    }

    private static TensorShapeProto.Types.Dimension RequireOneBatch(TypeProto.Types.Tensor[] types, IReadOnlyList<string> tensorNames, string parameterName)
    {
        // A known size says more than a name.
        int first = Math.Max(0, Array.FindIndex(types, type => type.Shape.Dim[0].HasDimValue));
        TensorShapeProto.Types.Dimension batch = types[first].Shape.Dim[0];
        int other = Array.FindIndex(types, type => type.Shape.Dim[0].HasDimValue && type.Shape.Dim[0].DimValue != batch.DimValue);
        return other < 0
            ? batch
            : throw new ArgumentException(
                $"'{tensorNames[first]}' has {batch.DimValue} rows and '{tensorNames[other]}' {types[other].Shape.Dim[0].DimValue}; a detector reads the same rows of all its tensors.",
                parameterName);
    }

    private static string FreeName(ModelProto model, string wanted)
    {
        HashSet<string> taken = DetectorMetadata.NamesIn(model);
        return taken.Contains(wanted)
            ? Enumerable.Range(1, int.MaxValue).Select(number => $"{wanted}_{number}").First(name => !taken.Contains(name))
            : wanted;
    }

    // GlobalAveragePool takes any number of positions, and no axes, whose form changed with opset 18, as ReduceMean does.
    private static string AppendEmbeddings(GraphBuilder graph, string tensorName, TypeProto.Types.Tensor type, int dimension, TokenPooling tokenPooling)
    {
        string single = type.ElemType == (int)DetectorTypes.Float
            ? tensorName
            : graph.Node("Cast", "single", [tensorName], DetectorTypes.CastTo(DetectorTypes.Float));
        return (type.Shape.Dim.Count, HasTokens(type.Shape, tokenPooling)) switch
        {
            (2, _) => single,
            _ when IsFlattened(type.Shape, dimension, tokenPooling) => Flatten(graph, single),
            (_, false) => AppendMean(graph, single),
            _ when tokenPooling == TokenPooling.First =>
                Flatten(graph, graph.Node("Gather", "token", [single, graph.Integers("first", 0)], Attribute("axis", 1L))),
            _ => AppendMean(graph, graph.Node("Transpose", "channels", [single], Attribute("perm", [0, 2, 1]))),
        };
    }

    private static string AppendMean(GraphBuilder graph, string map) => Flatten(graph, graph.Node("GlobalAveragePool", "pooled", [map]));

    private static string Flatten(GraphBuilder graph, string tensor) => graph.Node("Flatten", "features", [tensor], Attribute("axis", 1L));
}
