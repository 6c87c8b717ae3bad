using Dime.MLNet;
using Dime.Tool.Models;
using Microsoft.ML;

namespace Dime.Tool.Fitting;

/// <summary>The detectors of the tool, with the options that they have here.</summary>
internal static class DetectorPlan
{
    // As ML.NET's own are named.
    private const string ScoreProbabilities = nameof(ScoreProbabilities);

    /// <summary>A detector of embeddings.</summary>
    public static DetectorFit OfEmbeddings(MLContext mlContext, PipelineSettings settings, DetectorSettings detector) => settings.Method == FitMethod.Ensemble
        ? Ensemble(mlContext, settings, detector, ScoresOfEmbeddings, logitsColumnName: null)
        : Dime(mlContext, settings, detector);

    public static DetectorFit Dime(MLContext mlContext, PipelineSettings settings, DetectorSettings detector) =>
        DetectorFit.Of(mlContext.Transforms.DetectOutOfDistribution(new DimeOptions
        {
            Rank = detector.Rank,
            ExplainedVarianceThreshold = detector.ExplainedVariance,
            OutlierProbability = detector.OutlierProbability,
            WithinDistanceColumnName = detector.GivesWithin ? "DimeWithinDistance" : null,
            WithinProbabilityColumnName = detector.GivesWithin ? "DimeWithinProbability" : null,
            Calibration = settings.Calibration,
        }));

    public static DetectorFit Ensemble(
        MLContext mlContext, PipelineSettings settings, DetectorSettings detector, IReadOnlyList<OutOfDistributionScore> scores, string? logitsColumnName) =>
        DetectorFit.Of(mlContext.Transforms.DetectOutOfDistribution(new EnsembleOptions
        {
            Scores = scores,
            LogitsColumnName = logitsColumnName,
            ClassColumnName = settings.ClassColumnName,
            ScoreProbabilitiesColumnName = ScoreProbabilities,
            OutlierProbability = detector.OutlierProbability,
            Calibration = settings.Calibration,
        }));

    private static OutOfDistributionScore[] ScoresOfEmbeddings =>
    [
        OutOfDistributionScore.RelativeMahalanobis(ImagePipeline.FeatureColumn, normalize: true),
        OutOfDistributionScore.ClassMahalanobis(ImagePipeline.FeatureColumn, normalize: true),
    ];
}
