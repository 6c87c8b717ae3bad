using Dime.MLNet;
using Dime.MLNet.Internals;
using Dime.MLNet.Onnx.Features;

namespace Microsoft.ML;

/// <summary>Intermediate features of ONNX networks among the transforms of an <see cref="MLContext"/>.</summary>
public static class OnnxFeatureCatalog
{
    /// <summary>
    /// Creates an <see cref="OnnxFeatureEstimator"/>, which computes an intermediate tensor of an ONNX network as an embedding:
    /// it runs the part of the network that leads to the tensor, on batches of rows, and, where the tensor is a feature map,
    /// averages each channel over all positions.
    /// </summary>
    /// <remarks>
    /// The model file is read at once and never changed, and the part that is needed goes into the pipeline's zip: the file
    /// need not be there when the pipeline is loaded. Running networks needs the package Microsoft.ML.OnnxRuntime (or
    /// Microsoft.ML.OnnxRuntime.Gpu). <see cref="OnnxGraph.Tensors"/> lists what can be asked for.
    /// <see cref="OnnxFeatureTransformer"/> says what disposing the fitted pipeline does, and what threads may share.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to write: a vector of <see cref="float"/>, one value for each channel of a feature map.</param>
    /// <param name="inputColumnName">The column that the network takes, with its input's type and size.</param>
    /// <param name="modelFile">The path of the ONNX file.</param>
    /// <param name="tensorName">The tensor: N×P, or N×C×H×W or N×C×T, which are pooled to N×C.</param>
    /// <param name="gpuDeviceId">The CUDA device to run on; null for the context's own setting, which is the CPU by default.</param>
    /// <param name="fallbackToCpu">Whether to run on the CPU where the GPU fails, rather than to throw.</param>
    /// <inheritdoc cref="ExtractOnnxFeatures(TransformsCatalog, OnnxFeatureOptions)" path="/exception"/>
    public static OnnxFeatureEstimator ExtractOnnxFeatures(
        this TransformsCatalog catalog,
        string outputColumnName,
        string inputColumnName,
        string modelFile,
        string tensorName,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(inputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(modelFile);
        ArgumentException.ThrowIfNullOrWhiteSpace(tensorName);
        if (gpuDeviceId is { } device)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(device, nameof(gpuDeviceId));
        }

        var options = new OnnxFeatureOptions
        {
            ModelFile = modelFile,
            InputColumnNames = [inputColumnName],
            OutputColumnNames = [outputColumnName],
            TensorNames = [tensorName],
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
        };
        return new OnnxFeatureEstimator(EnvironmentAccess.EnvironmentOf(catalog), options, new FeatureParameters(nameof(inputColumnName), nameof(tensorName)));
    }

    /// <summary>
    /// Creates an <see cref="OnnxFeatureEstimator"/>, which computes several tensors of an ONNX network in one inference, from
    /// one input or several: layers to monitor, and the network's own outputs such as its logits.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">The network, the tensors, the columns, and how to run.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or ONNX Runtime rejects it.</exception>
    /// <exception cref="NotSupportedException">The network's weights are in other files.</exception>
    /// <exception cref="ArgumentException">
    /// There is no network or there are two, a file and a graph; the network has no such tensor (the message lists similar names), a tensor is of another element type or shape than
    /// features can be, the columns do not match the tensors or the inputs in number, tokens are to be pooled and no tensor has any, or the batch size is not the network's own.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// ONNX Runtime has to be asked for a shape, and its native library is missing; the message names its package.
    /// </exception>
    public static OnnxFeatureEstimator ExtractOnnxFeatures(this TransformsCatalog catalog, OnnxFeatureOptions options) =>
        new(EnvironmentAccess.EnvironmentOf(catalog), options, new FeatureParameters(nameof(options), nameof(options)));
}
