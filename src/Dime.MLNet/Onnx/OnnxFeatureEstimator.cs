using Dime.MLNet.Internals;
using Dime.MLNet.Onnx.Features;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet;

/// <summary>Makes an <see cref="OnnxFeatureTransformer"/>, which computes tensors of an ONNX network as embeddings.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Reads</term><description>a scalar or known-size vector column for each input of the network that matters, of the input's type and size</description></item>
/// <item><term>Writes</term><description>a vector of <see cref="float"/> for each tensor: P values of N×P, C means of N×C×H×W, N×C×T or tokens N×T×C</description></item>
/// <item><term>Needs training</term><description>no</description></item>
/// </list>
/// </remarks>
public sealed class OnnxFeatureEstimator : IEstimator<OnnxFeatureTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly OnnxFeatureOptions _options;
    private readonly FeaturePlan _plan;

    /// <summary>Creates the estimator; <c>mlContext.Transforms.ExtractOnnxFeatures</c> does the same.</summary>
    /// <param name="mlContext">The context of the pipeline.</param>
    /// <param name="options">The network, the tensors, the columns, and how to run.</param>
    /// <inheritdoc cref="OnnxFeatureCatalog.ExtractOnnxFeatures(TransformsCatalog, OnnxFeatureOptions)" path="/exception"/>
    public OnnxFeatureEstimator(MLContext mlContext, OnnxFeatureOptions options)
        : this(EnvironmentAccess.EnvironmentOf(mlContext), options, new FeatureParameters(nameof(options), nameof(options)))
    {
    }

    internal OnnxFeatureEstimator(IHostEnvironment environment, OnnxFeatureOptions options, FeatureParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(parameters.Tensors);
        _environment = environment;
        _options = options;
        OnnxFeatureModel model = options.LoadNetwork().Part(options.TensorNames, parameters.Tensors);
        _plan = new FeaturePlan(model, options.SettingsFor(model, parameters.Inputs), parameters);
    }

    /// <summary>What the transformer will write.</summary>
    internal IReadOnlyList<FeatureTensorColumn> Outputs => _plan.Outputs;

    /// <summary>Gives a transformer with a session of its own, after a check of the columns; no row is read.</summary>
    /// <param name="input">Data with the columns that the network takes.</param>
    /// <exception cref="ArgumentException">A column is missing, or of another type or size than the input of the network.</exception>
    /// <exception cref="InvalidOperationException">The native library of ONNX Runtime is missing, or the GPU fails; the message names the remedy.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime rejects the network.</exception>
    public OnnxFeatureTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);

        var session = new FeatureSession(_environment, _plan, _options.GpuDeviceId, _options.FallbackToCpu);
        var transformer = new OnnxFeatureTransformer(_environment, _plan, session);
        try
        {
            transformer.GetOutputSchema(input.Schema);
            session.Open();
            return transformer;
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }

    /// <summary>The shape of what the transformer will deliver.</summary>
    /// <param name="inputSchema">The shape of the data.</param>
    /// <exception cref="ArgumentException">A column is missing, or of another type than the input of the network.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (FeatureTensorColumn input in _plan.Inputs)
        {
            FeatureInputColumn.Require(inputSchema, input, nameof(inputSchema));
        }

        return SchemaShapes.Append(
            inputSchema, [.. _plan.Outputs.Select(output => SchemaShapes.VectorColumn(output.Column, NumberDataViewType.Single))]);
    }
}
