using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Serialization;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>A detector as a model of its own, from embeddings to distances.</summary>
internal static class DetectorGraph
{
    public const string DefaultName = "dime";

    private const int Opset = 13;

    // The version of the format that came with operator set 13.
    private const int IrVersion = 7;

    public static ModelProto Create(Detector detector)
    {
        var batch = new TensorShapeProto.Types.Dimension { DimParam = "N" };
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = DetectorMetadata.LibraryName,
            ProducerVersion = LibraryVersion.Current,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
            Graph = new GraphProto
            {
                Name = "distance_to_modelled_embedding",
                Input = { detector.Inputs.Select(input => DetectorTypes.Value(input.Name, DetectorTypes.Float, batch, DetectorTypes.Size(input.Dimension))) },
            },
        };

        var names = new UniqueNames(model);
        string[] inputs = [.. detector.Inputs.Select(input => input.Name)];
        DetectorNodes.Append(model, names, DefaultName, detector, DetectorPorts.Of(detector, inputs, inputs, batch, names.Take));
        return model;
    }
}
