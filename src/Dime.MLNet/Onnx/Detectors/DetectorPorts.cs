using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>Where a detector is connected to what is around it.</summary>
/// <param name="Tensors">The tensors that it monitors, by its inputs.</param>
/// <param name="Features">The same as embeddings, N×P of single precision.</param>
/// <param name="Batch">N.</param>
/// <param name="Outputs">The names of its outputs.</param>
/// <param name="Threshold">The name of the input that sets the limit of the flag; null without calibration.</param>
internal sealed record DetectorPorts(
    IReadOnlyList<string> Tensors, IReadOnlyList<string> Features, TensorShapeProto.Types.Dimension Batch, DetectorOutputs Outputs, string? Threshold)
{
    /// <param name="detector">The detector.</param>
    /// <param name="tensors">What it monitors.</param>
    /// <param name="features">The embeddings.</param>
    /// <param name="batch">N.</param>
    /// <param name="choose">Chooses a name for what is usually called so.</param>
    public static DetectorPorts Of(
        Detector detector, IReadOnlyList<string> tensors, IReadOnlyList<string> features, TensorShapeProto.Types.Dimension batch, Func<string, string> choose) =>
        new(tensors, features, batch, detector.Outputs(choose), detector.IsCalibrated ? choose("outlier_threshold") : null);
}
