namespace Dime.MLNet.Onnx;

/// <summary>A column and the tensor that it feeds or takes.</summary>
internal sealed record FeatureTensorColumn(string Column, FeatureTensor Tensor);
