using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Report.Figures;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Scores sets of which it is known whether they are in distribution, and measures how well they are told apart.</summary>
internal static class EvaluationJob
{
    /// <exception cref="InputException">The model or a set cannot be used.</exception>
    public static IReadOnlyList<SetResult> Run(ToolContext context, EvaluationSettings settings)
    {
        using var model = SavedModel.Load(new MLContext(), settings.Model);
        model.RequireScores(model.Detector.IsCalibrated);
        return
        [
            .. Figures(context, model, settings.Sets, settings.Embeddings, settings.SkipsUnreadable).Select(set => SetResult.Of(set.Figures, model.Scores, set.Columns)),
        ];
    }

    /// <summary>Scores sets with a model.</summary>
    /// <returns>
    /// Their figures, in the same order, each set compared with the one in distribution where there is one; and what was
    /// taken from its file of embeddings, null for images.
    /// </returns>
    public static IReadOnlyList<(SetFigures Figures, TakenColumns? Columns)> Figures(
        ToolContext context, SavedModel model, IReadOnlyList<NamedSet> sets, EmbeddingOptions embeddings, bool skipsUnreadable)
    {
        (ScoredSet Set, TakenColumns? Columns)[] scored = [.. sets.Select(set => SetScorer.Score(context, model, set, embeddings, skipsUnreadable))];
        return
        [
            .. SetFigures.Of([.. scored.Select(one => one.Set)])
                .Select(figures => (figures, scored.First(one => ReferenceEquals(one.Set, figures.Set)).Columns)),
        ];
    }
}

/// <summary>What <c>dime evaluate</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Sets">The sets.</param>
/// <param name="Embeddings">How files of embeddings are read.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
internal sealed record EvaluationSettings(string Model, IReadOnlyList<NamedSet> Sets, EmbeddingOptions Embeddings, bool SkipsUnreadable);

/// <summary>A set of rows of which it is known whether they are in distribution.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Path">The folder of images, or the file of embeddings.</param>
/// <param name="Role">What is known of the rows.</param>
internal sealed record NamedSet(string Name, string Path, SetRole Role);

/// <summary>What is said of a set in figures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What is known of its rows.</param>
/// <param name="Rows">Their number.</param>
/// <param name="MeanDistance">The mean of the distances that are finite; NaN where none is.</param>
/// <param name="FlaggedShare">The share of the rows that are flagged; null where the model is not calibrated.</param>
/// <param name="Metrics">How well the set is told from the one in distribution; null for that one, and where there is none.</param>
/// <param name="Scores">How well each score of an ensemble does so alone; null where there is nothing to compare, and for other models.</param>
/// <param name="Unreadable">The images that were left out because they cannot be read.</param>
/// <param name="Columns">What was taken from a file of embeddings; null for images.</param>
internal sealed record SetResult(
    string Name,
    SetRole Role,
    long Rows,
    double MeanDistance,
    double? FlaggedShare,
    SetMetrics? Metrics,
    IReadOnlyList<ScoreMetrics>? Scores,
    IReadOnlyList<UnreadableImage> Unreadable,
    TakenColumns? Columns)
{
    public static SetResult Of(SetFigures set, IReadOnlyList<OutOfDistributionScore> scores, TakenColumns? columns) => new(
        set.Name,
        set.Set.Role,
        set.RowCount,
        set.MeanDistance,
        set.FlaggedShare,
        set.Metrics is { } metrics ? SetMetrics.Of(metrics) : null,
        set.ScoreAreas.Count == 0 ? null : [.. scores.Zip(set.ScoreAreas, (score, area) => new ScoreMetrics(score.Name, area))],
        set.Set.Unreadable,
        columns);
}

/// <summary>How well a score of an ensemble does alone, by its probability 1 − p.</summary>
/// <param name="Name">The score.</param>
/// <param name="AreaUnderRocCurve">Its AUROC.</param>
internal sealed record ScoreMetrics(string Name, double AreaUnderRocCurve);

/// <summary>The metrics that are single numbers.</summary>
internal sealed record SetMetrics(
    double AreaUnderRocCurve,
    double AreaUnderPrecisionRecallCurveOutOfDistribution,
    double AreaUnderPrecisionRecallCurveInDistribution,
    double FalsePositiveRateAt95TruePositiveRate,
    float ThresholdAt95TruePositiveRate,
    double DetectionError)
{
    public static SetMetrics Of(OutOfDistributionMetrics metrics) => new(
        metrics.AreaUnderRocCurve,
        metrics.AreaUnderPrecisionRecallCurveOutOfDistribution,
        metrics.AreaUnderPrecisionRecallCurveInDistribution,
        metrics.FalsePositiveRateAt95TruePositiveRate,
        metrics.ThresholdAt95TruePositiveRate,
        metrics.DetectionError);
}
