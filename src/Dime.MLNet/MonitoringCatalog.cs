using System.Diagnostics.CodeAnalysis;
using Dime.MLNet;
using Dime.MLNet.Internals;
using Dime.MLNet.Onnx.Features;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Out-of-distribution detection for a whole network among the transforms of an <see cref="MLContext"/>.</summary>
public static class MonitoringCatalog
{
    /// <summary>
    /// Creates a pipeline that monitors a network: it computes the tensors that <see cref="OnnxGraph.SuggestMonitoring"/> chooses, each row in
    /// one inference, and fits an ensemble of scores to them. Neither labels nor layers need be named.
    /// </summary>
    /// <remarks>The log tells what was chosen, and why.</remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="modelFile">The path of the ONNX file, which is read at once and never changed; the part that is needed goes into the pipeline's zip.</param>
    /// <param name="inputColumnName">The column that the network takes, with its input's type and size.</param>
    /// <param name="options">
    /// The output columns, calibration and weights, and <see cref="EnsembleOptions.ClassColumnName"/> where classes are known better than by the
    /// network's own logits; null for the defaults. <see cref="EnsembleOptions.Scores"/> and <see cref="EnsembleOptions.LogitsColumnName"/> come from the plan.
    /// </param>
    /// <exception cref="InvalidOperationException">The network has no tensor to monitor; the message says what was looked for.</exception>
    /// <exception cref="ArgumentException">Options are set that the plan decides, or the network takes several inputs.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or ONNX Runtime rejects it.</exception>
    /// <exception cref="NotSupportedException">The network's weights are in other files.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "A file and a network are told apart by their type.")]
    public static EstimatorChain<EnsembleTransformer> MonitorNetwork(
        this TransformsCatalog catalog, string modelFile, string inputColumnName, EnsembleOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelFile);
        ArgumentException.ThrowIfNullOrWhiteSpace(inputColumnName);
        var network = OnnxGraph.Load(modelFile);
        return catalog.MonitorNetwork(network, network.SuggestMonitoring(hasClasses: options?.ClassColumnName is not null), [inputColumnName], options);
    }

    /// <summary>Creates a pipeline that monitors a network by a plan that was made or edited before.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="network">The network.</param>
    /// <param name="plan">Which tensors to compute, and the scores of them.</param>
    /// <param name="inputColumnNames">The columns that the network takes, one for each input that the tensors depend on, in the network's order.</param>
    /// <param name="options"><inheritdoc cref="MonitorNetwork(TransformsCatalog, string, string, EnsembleOptions)" path="/param[@name='options']/node()"/></param>
    /// <exception cref="InvalidOperationException">
    /// A score of the plan is of no column of it; or a tensor gives other embeddings than the plan says, as maps N×C×T and tokens N×T×C together do.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// Options are set that the plan decides; a score needs classes and there are none; the network has no such tensor; or there are other numbers of columns than of inputs.
    /// </exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "A file and a network are told apart by their type.")]
    public static EstimatorChain<EnsembleTransformer> MonitorNetwork(
        this TransformsCatalog catalog, OnnxGraph network, MonitoringPlan plan, IReadOnlyList<string> inputColumnNames, EnsembleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(inputColumnNames);
        plan.Validate();
        EnsembleEstimator ensemble = catalog.DetectOutOfDistribution((options ?? new EnsembleOptions()).WithPlan(plan, nameof(options)));
        OnnxFeatureEstimator features = catalog.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            Graph = network,
            InputColumnNames = inputColumnNames,
            TensorNames = plan.TensorNames,
            OutputColumnNames = plan.OutputColumnNames,
            TokenPooling = plan.TokenPooling,
        });
        RequireAsPlanned(plan, features.Outputs);
        Log(EnvironmentAccess.EnvironmentOf(catalog), plan);
        return features.Append(ensemble);
    }

    private static void RequireAsPlanned(MonitoringPlan plan, IReadOnlyList<FeatureTensorColumn> outputs)
    {
        foreach ((MonitoredTensor tensor, FeatureTensorColumn output) in plan.Tensors.Zip(outputs))
        {
            int values = FeatureOutput.ColumnType(output).Size;
            if (values != tensor.Dimension || (tensor.Pooling != EmbeddingPooling.None && tensor.Pooling != output.Pooling))
            {
                throw new InvalidOperationException(
                    $"The plan says of {output.Tensor} {tensor.Dimension} values ({tensor.Pooling}); with {nameof(TokenPooling)}.{plan.TokenPooling} for all tensors, it gives {values} "
                    + $"({output.Pooling}). Correct the plan, or leave out the tensor: one stage cannot pool maps N×C×T and tokens N×T×C.");
            }
        }
    }

    private static void Log(IHostEnvironment environment, MonitoringPlan plan)
    {
        using IChannel channel = environment.Register("Dime.MLNet.MonitorNetwork").Start("Plan");
        foreach (MonitoredTensor tensor in plan.Tensors)
        {
            channel.Info(MessageSensitivity.None, $"Monitors {tensor}.");
        }

        foreach (string remark in plan.Remarks)
        {
            channel.Warning(MessageSensitivity.None, remark);
        }
    }
}
