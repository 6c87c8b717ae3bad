using Dime.MLNet;

namespace Dime.Tool.Models;

/// <summary>What an ensemble monitors of a network, by the classes that there are.</summary>
internal static class NetworkPlan
{
    /// <param name="file">The network's file, for messages.</param>
    /// <param name="network">The network.</param>
    /// <param name="classes">Where classes come from; null for the logits, where the network has them.</param>
    /// <exception cref="InputException">Nothing can be monitored, or the classes shall come from logits and the network has none.</exception>
    public static MonitoringPlan Of(string file, OnnxGraph network, ClassSource? classes)
    {
        MonitoringPlan plan = LibraryErrors.AsInput(
            () => network.SuggestMonitoring(hasClasses: classes == ClassSource.Folders),
            e => $"'{file}': {Cause.Of(e).Message} Or watch one tensor, with --layer.");
        return classes switch
        {
            ClassSource.Logits when plan.LogitsColumnName is null => throw new InputException(
                $"'{file}' has no logits to take classes from; give --classes folders where the images lie in a folder for each class, or --classes none."),
            ClassSource.None => plan with { Scores = [.. plan.Scores.Select(WithoutClasses)] },
            _ => plan,
        };
    }

    /// <summary>Whether a score needs the class of each training row.</summary>
    public static bool GoesByClass(OutOfDistributionScore score) =>
        score.Kind is OutOfDistributionScoreKind.ClassMahalanobis or OutOfDistributionScoreKind.RelativeMahalanobis;

    private static OutOfDistributionScore WithoutClasses(OutOfDistributionScore score) =>
        GoesByClass(score)
            ? OutOfDistributionScore.Mahalanobis(score.ColumnName, score.Weight, score.Normalize)
            : score;
}

/// <summary>Where the classes of the training images come from.</summary>
internal enum ClassSource
{
    /// <summary>The largest logit of the network.</summary>
    Logits,

    /// <summary>The folder that an image lies in.</summary>
    Folders,

    /// <summary>Nowhere: no score goes by class.</summary>
    None,
}
