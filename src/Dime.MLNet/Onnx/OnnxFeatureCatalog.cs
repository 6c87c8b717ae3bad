using Dime.MLNet;
using Dime.MLNet.Onnx;

namespace Microsoft.ML;

/// <summary>Intermediate features of ONNX networks among the transforms of an <see cref="MLContext"/>.</summary>
public static class OnnxFeatureCatalog
{
    /// <summary>
    /// Computes an intermediate tensor of an ONNX network as an embedding: exposes the tensor, runs the part of the network
    /// that leads to it, and, where it is a feature map, averages each channel over all positions.
    /// </summary>
    /// <remarks>
    /// The model file is read at once and never changed, and the part that is needed goes into the pipeline's zip: the file
    /// need not be there when the pipeline is loaded. Running networks needs the package Microsoft.ML.OnnxRuntime (or
    /// Microsoft.ML.OnnxRuntime.Gpu). <see cref="OnnxGraph.Tensors"/> lists what can be asked for.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to write: a vector of <see cref="float"/>, one value for each channel of a feature map.</param>
    /// <param name="inputColumnName">The column that the network takes, with its input's type and size.</param>
    /// <param name="modelFile">The path of the ONNX file.</param>
    /// <param name="tensorName">The tensor: N×P, or N×C×H×W or N×C×T, which are pooled to N×C.</param>
    /// <param name="gpuDeviceId">The CUDA device to run on; null for the context's own setting, which is the CPU by default.</param>
    /// <param name="fallbackToCpu">Whether to run on the CPU where the GPU fails, rather than to throw.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    /// <exception cref="NotSupportedException">The network's weights are in other files.</exception>
    /// <exception cref="ArgumentException">
    /// The network has no such tensor (the message lists similar names), or the tensor is not of <see cref="float"/>, depends on
    /// several inputs, or has a shape that is neither an embedding nor a feature map.
    /// </exception>
    /// <exception cref="InvalidOperationException">The native library of ONNX Runtime is missing; the message names its package.</exception>
    public static IEstimator<ITransformer> ExtractOnnxFeatures(
        this TransformsCatalog catalog,
        string outputColumnName,
        string inputColumnName,
        string modelFile,
        string tensorName,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(inputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(modelFile);
        ArgumentException.ThrowIfNullOrEmpty(tensorName);

        var part = OnnxFeatureModel.Extract(OnnxGraph.Load(modelFile), tensorName);
        IEstimator<ITransformer> stage = OnnxFeatureStage.Create(catalog, outputColumnName, inputColumnName, part, gpuDeviceId, fallbackToCpu);
        return part.IsFeatureMap ? stage.Append(catalog.GlobalAveragePool(outputColumnName)) : stage;
    }
}
