using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>A detector as a model of its own, from embeddings to distances.</summary>
internal static class DetectorGraph
{
    public const string DefaultName = "dime";

    private const string InputName = "features";

    // The version of the format that came with operator set 13.
    private const int IrVersion = 7;

    public static ModelProto Create(Detector detector)
    {
        var batch = new TensorShapeProto.Types.Dimension { DimParam = "N" };
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = DetectorMetadata.LibraryName,
            ProducerVersion = DetectorMetadata.LibraryVersion,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = DetectorNodes.LeastOpset } },
            Graph = new GraphProto
            {
                Name = "distance_to_modelled_embedding",
                Input = { DetectorTypes.Value(InputName, DetectorTypes.Float, batch, new TensorShapeProto.Types.Dimension { DimValue = detector.Embedding.Dimension }) },
            },
        };

        var names = new UniqueNames(model);
        var outputs = DetectorOutputs.For(detector, names.Take);
        (string Basis, string? Percentiles) weights = DetectorNodes.Append(new GraphBuilder(model, names, DefaultName), detector, InputName, batch, outputs);
        DetectorMetadata.Of(detector, InputName, weights, outputs).AddTo(model, DefaultName);
        return model;
    }
}
