namespace Dime.MLNet.Onnx.Features;

/// <summary>A column and the tensor that it feeds or takes.</summary>
internal sealed record FeatureTensorColumn(string Column, FeatureTensor Tensor);
