using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Parses an ONNX file and turns away what is not a whole, self-contained model.</summary>
internal static class ModelReader
{
    public static ModelProto Read(Stream stream, string source)
    {
        ModelProto model = Parse(stream, source);
        if (WhatIsMissing(model) is { } missing)
        {
            throw new InvalidDataException($"{source} is not an ONNX model: {missing}.");
        }

        RefuseExternalWeights(model, source);
        return model;
    }

    private static ModelProto Parse(Stream stream, string source)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"{source} is not an ONNX model: it is cut off, damaged, or in another format ({exception.Message})", exception);
        }
    }

    // Protocol buffers have no magic number: nearly any short run of bytes is some message, only not a model.
    private static string? WhatIsMissing(ModelProto model) => model switch
    {
        { Graph: null } => "it holds no graph",
        { HasIrVersion: false } => "it does not state its version of the format",
        { OpsetImport.Count: 0 } => "it does not state the operator sets that it uses; it may be cut off",
        { Graph.Node.Count: 0 } => "its graph has no operators",
        _ when GraphCycle.Find(model.Graph) is { } name => $"its operators form a cycle, which '{name}' waits for",
        _ => null,
    };

    private static void RefuseExternalWeights(ModelProto model, string source)
    {
        TensorProto? tensor = GraphWalk.Tensors(model).FirstOrDefault(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External);
        if (tensor is null)
        {
            return;
        }

        string location = tensor.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value ?? "another file";
        throw new NotSupportedException(
            $"{source} keeps weights outside of itself: those of '{tensor.Name}' are in '{location}'. Save the model as one file, " +
            "for instance with onnx.save_model(onnx.load(path), path, save_as_external_data=False) in Python.");
    }
}
