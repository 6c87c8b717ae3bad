using Dime.MLNet;
using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Fitting;

/// <summary>A pipeline from loaded images to a detector, not fitted yet.</summary>
/// <param name="Features">From images to embeddings.</param>
/// <param name="Detector">The detector.</param>
/// <param name="Tensors">The tensors that it watches.</param>
/// <param name="Remarks">What was noticed of the network.</param>
/// <param name="Properties">What sums are to carry of it.</param>
internal sealed record ImagePlan(
    EstimatorChain<ITransformer> Features, DetectorFit Detector, IReadOnlyList<string> Tensors, IReadOnlyList<string> Remarks, ImageProperties Properties)
{
    /// <exception cref="InputException">The network cannot be used so.</exception>
    public static ImagePlan Of(MLContext mlContext, PipelineSettings settings, DetectorSettings detector)
    {
        ImageSettings images = settings.Images!;
        OnnxGraph network = NetworkFile.Load(images.Network);
        var input = NetworkInput.Of(images.Network, network);
        network = input.Fix(network, images);
        return settings.Method == FitMethod.Ensemble
            ? OfEnsemble(mlContext, settings, detector, images, network, input)
            : OfDime(mlContext, settings, detector, images, network, input);
    }

    private static ImagePlan OfDime(
        MLContext mlContext, PipelineSettings settings, DetectorSettings detector, ImageSettings images, OnnxGraph network, NetworkInput input)
    {
        MonitoredLayer layer = LayerAdvice.Choose(images.Layer, images.Network, network);
        return new ImagePlan(
            ImagePipeline.Create(mlContext, images, network, input, layer),
            DetectorPlan.Dime(mlContext, settings, detector),
            [layer.Name],
            layer.Pooling is null && layer.Positions.Count > 0
                ? [$"The network does not tell where '{layer.Name}' ({layer.Shape}) has its channels; the first dimension after the batch is taken for them, and the others are averaged over."]
                : [],
            ImageProperties.Of(images with { Layer = layer.Name }, input, classes: null));
    }

    private static ImagePlan OfEnsemble(
        MLContext mlContext, PipelineSettings settings, DetectorSettings detector, ImageSettings images, OnnxGraph network, NetworkInput input)
    {
        EstimatorChain<ITransformer> pixels = ImagePipeline.AppendPixels(mlContext, ImagePipeline.CreateResizing(mlContext, images, input), images, input);
        MonitoringPlan plan = NetworkPlan.Of(images.Network, network, settings.Classes);
        string? logits = settings.ClassColumnName is null && plan.Scores.Any(NetworkPlan.GoesByClass) ? plan.LogitsColumnName : null;
        OnnxFeatureEstimator features = mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
        {
            Graph = network,
            InputColumnNames = [ImagePipeline.PixelColumn],
            TensorNames = plan.TensorNames,
            OutputColumnNames = plan.OutputColumnNames,
            TokenPooling = plan.TokenPooling,
        });
        return new ImagePlan(
            pixels.Append<ITransformer>(features),
            DetectorPlan.Ensemble(mlContext, settings, detector, plan.Scores, logits),
            plan.TensorNames,
            plan.Remarks,
            ImageProperties.Of(images, input, settings.Classes ?? (logits is null ? null : ClassSource.Logits)));
    }
}
