using Dime.MLNet;
using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Jobs;

/// <summary>The pipeline that is fitted: from images or embeddings to a detector.</summary>
/// <param name="Estimator">The pipeline, without the loading of images.</param>
/// <param name="Tensors">The tensors that the detector watches; null where the rows are embeddings.</param>
internal sealed record FitPipeline(IEstimator<ITransformer> Estimator, IReadOnlyList<string>? Tensors)
{
    // As ML.NET's own are named.
    private const string ScoreProbabilities = nameof(ScoreProbabilities);

    /// <exception cref="InputException">The network cannot be used so.</exception>
    public static FitPipeline Create(MLContext mlContext, FitSettings settings) => settings.Detector.Method switch
    {
        FitMethod.Ensemble when settings.Images is { } images => EnsembleOfNetwork(mlContext, settings, images),
        FitMethod.Ensemble => new FitPipeline(mlContext.Transforms.DetectOutOfDistribution(Ensemble(settings, ScoresOfEmbeddings)), Tensors: null),
        _ => Dime(mlContext, settings),
    };

    private static FitPipeline Dime(MLContext mlContext, FitSettings settings)
    {
        DimeEstimator detector = mlContext.Transforms.DetectOutOfDistribution(Hyperplane(settings.Detector));
        if (settings.Images is not { } images)
        {
            return new FitPipeline(detector, Tensors: null);
        }

        OnnxGraph network = NetworkFile.Load(images.Network);
        string layer = LayerAdvice.Choose(images.Layer, images.Network, network);
        return new FitPipeline(ImagePipeline.Create(mlContext, images, NetworkInput.Of(images.Network, network), layer).Append<ITransformer>(detector), [layer]);
    }

    private static FitPipeline EnsembleOfNetwork(MLContext mlContext, FitSettings settings, ImageSettings images)
    {
        OnnxGraph network = NetworkFile.Load(images.Network);
        var input = NetworkInput.Of(images.Network, network);
        EstimatorChain<ITransformer> pixels = ImagePipeline.AppendPixels(mlContext, ImagePipeline.CreateResizing(mlContext, images, input), images, input);
        MonitoringPlan plan = NetworkPlan.Of(images.Network, network, settings.Detector.Classes);
        EstimatorChain<EnsembleTransformer> ensemble = mlContext.Transforms.MonitorNetwork(network, plan, [ImagePipeline.PixelColumn], Ensemble(settings, []));
        return new FitPipeline(pixels.Append<ITransformer>(ensemble), plan.TensorNames);
    }

    private static DimeOptions Hyperplane(DetectorSettings detector) => new()
    {
        Rank = detector.Rank,
        ExplainedVarianceThreshold = detector.ExplainedVariance,
        OutlierProbability = detector.OutlierProbability,
        WithinDistanceColumnName = detector.GivesWithin ? "DimeWithinDistance" : null,
        WithinProbabilityColumnName = detector.GivesWithin ? "DimeWithinProbability" : null,
        Calibration = detector.Calibration,
    };

    private static EnsembleOptions Ensemble(FitSettings settings, IReadOnlyList<OutOfDistributionScore> scores) => new()
    {
        Scores = scores,
        ClassColumnName = settings.ClassColumnName,
        ScoreProbabilitiesColumnName = ScoreProbabilities,
        OutlierProbability = settings.Detector.OutlierProbability,
        Calibration = settings.Detector.Calibration,
    };

    private static OutOfDistributionScore[] ScoresOfEmbeddings =>
    [
        OutOfDistributionScore.RelativeMahalanobis(ImagePipeline.FeatureColumn, normalize: true),
        OutOfDistributionScore.ClassMahalanobis(ImagePipeline.FeatureColumn, normalize: true),
    ];
}
