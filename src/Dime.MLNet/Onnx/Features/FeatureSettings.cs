namespace Dime.MLNet.Onnx.Features;

/// <summary>What a feature stage reads and writes, and how it runs; all that is saved with the network.</summary>
/// <param name="InputColumnNames">The columns to read.</param>
/// <param name="InputTensorNames">The input of the network that each of them feeds.</param>
/// <param name="OutputColumnNames">The columns to write.</param>
/// <param name="TensorNames">The tensor that each of them takes.</param>
/// <param name="PoolFeatureMaps">Whether to average the channels of feature maps.</param>
/// <param name="TokenPooling">What becomes of tokens.</param>
/// <param name="Flatten">Whether tensors that are not pooled become vectors without further dimensions.</param>
/// <param name="BatchSize">The most rows of an inference; null for a choice by size.</param>
/// <param name="IntraOpNumThreads">The threads within an operator; null for ONNX Runtime's choice.</param>
/// <param name="InterOpNumThreads">The operators at a time; null for ONNX Runtime's choice.</param>
internal sealed record FeatureSettings(
    IReadOnlyList<string> InputColumnNames,
    IReadOnlyList<string> InputTensorNames,
    IReadOnlyList<string> OutputColumnNames,
    IReadOnlyList<string> TensorNames,
    bool PoolFeatureMaps,
    TokenPooling TokenPooling,
    bool Flatten,
    int? BatchSize,
    int? IntraOpNumThreads,
    int? InterOpNumThreads)
{
    /// <summary>More threads than any use has; ONNX Runtime would start millions if it were told to.</summary>
    public const int MostThreads = 1024;
}
