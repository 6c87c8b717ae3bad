using Google.Protobuf;

namespace Dime.MLNet.Onnx;

/// <summary>The part of a network that computes one of its tensors, and nothing else.</summary>
internal sealed class OnnxFeatureModel
{
    private readonly OnnxGraph _graph;

    private OnnxFeatureModel(OnnxGraph graph)
    {
        _graph = graph;
        Inputs = graph.Inputs;
        Feature = graph.Outputs[0];
    }

    /// <summary>The inputs of the network that the tensor depends on.</summary>
    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    /// <summary>The tensor, the only output; its element type and shape are known.</summary>
    public OnnxTensorInfo Feature { get; }

    /// <summary>Whether the tensor has positions to pool over: it is N×C×H×W or N×C×T.</summary>
    public bool IsFeatureMap => Feature.Shape?.Count is 3 or 4;

    /// <summary>Cuts the network off after the tensor.</summary>
    /// <exception cref="ArgumentException">The network has no such intermediate tensor, or its type and shape cannot be known.</exception>
    public static OnnxFeatureModel Extract(OnnxGraph network, string tensorName)
    {
        var model = network.WithOutputs(tensorName).CopyModel();
        Subgraph.KeepOnly(model, tensorName);
        return new OnnxFeatureModel(new OnnxGraph(model));
    }

    /// <summary>The part as an ONNX file.</summary>
    public byte[] ToBytes() => _graph.ToBytes();

    /// <summary>The part as an ONNX file in which the single input and the output have other names.</summary>
    public byte[] ToBytes(string inputName, string outputName)
    {
        var model = _graph.CopyModel();
        TensorRenaming.Rename(model.Graph, new Dictionary<string, string> { [Inputs.Single().Name] = inputName, [Feature.Name] = outputName });
        return model.ToByteArray();
    }
}
