using System.Globalization;
using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection;

/// <summary>Warns of a transformer that tells less than it seems to, in the log, when a user makes it.</summary>
internal static class ScoringWarnings
{
    private const double LowOutlierProbability = 0.5;

    // The square of the precision of a distance, 1e-6 of the length of its embedding.
    private const double RoundingShare = 1e-12;

    public static void Log(IHost host, IDetectorModel model, ScoringSettings settings)
    {
        foreach ((string column, ModelledEmbedding embedding) in Hyperplanes(model, settings))
        {
            Warn(host, "Hyperplane", OfHyperplane(embedding, column));
        }

        Warn(host, "Uncalibrated", OfMissingCalibration(model, settings));
        LogOutlierProbability(host, settings);
    }

    public static void LogOutlierProbability(IHost host, ScoringSettings settings) => Warn(host, "Outliers", OfOutlierProbability(settings));

    /// <summary>Whether the hyperplane leaves nothing of the rows it was fitted to but rounding.</summary>
    public static bool ExplainsAllButRounding(ModelledEmbedding model) =>
        1 - model.ExplainedVariance.Sum() <= Math.Max(RoundingShare, model.Dimension * Math.ScaleB(1, -52));

    /// <summary>The hyperplanes to which distances are measured, with their columns.</summary>
    private static IEnumerable<(string Column, ModelledEmbedding Embedding)> Hyperplanes(IDetectorModel model, ScoringSettings settings) => model switch
    {
        ModelledEmbedding embedding => [(settings.InputColumnNames[0], embedding)],
        ModelledEnsemble ensemble =>
            from part in ensemble.Groups.Zip(ensemble.Models)
            where part.First.Has(OutOfDistributionScoreKind.Hyperplane)
            select (part.First.Column.Name, ((HyperplaneScores)part.Second).Embedding),
        _ => [],
    };

    private static string? OfHyperplane(ModelledEmbedding model, string columnName) => model switch
    {
        _ when !ExplainsAllButRounding(model) => null,
        { Dimension: 1 } =>
            $"Column '{columnName}' has embeddings of one value, which all lie in their hyperplane: every distance is 0, and calibrated rows are all "
            + "flagged. Give vectors of several values; Concatenate makes them of scalar columns.",
        _ when model.Rank == model.Dimension =>
            $"The hyperplane of column '{columnName}' has rank {model.Rank} in {model.Dimension} dimensions, so that every embedding lies in it and "
            + $"distances are rounding: choose a rank below {model.Rank}, or a lower threshold of the explained variance.",
        { Rank: 1 } =>
            $"The rows that the hyperplane of column '{columnName}' was fitted to are all the same embedding, or multiples of it, and their distances "
            + "are rounding: check that the input of the network differs from row to row, and the layer.",
        _ =>
            $"The hyperplane of column '{columnName}', of rank {model.Rank}, explains all but rounding of the rows it was fitted to, and their distances "
            + $"are rounding: choose a rank below {model.Rank} or a lower threshold of the explained variance, or fit to many more rows.",
    };

    private static string? OfMissingCalibration(IDetectorModel model, ScoringSettings settings)
    {
        (string? Name, string Value, string Option)[] all =
        [
            (model.ScoreNames.Count > 0 ? settings.DistanceColumnName : null, "NaN", nameof(settings.DistanceColumnName)),
            (settings.ProbabilityColumnName, "NaN", nameof(settings.ProbabilityColumnName)),
            (settings.WithinProbabilityColumnName, "NaN", nameof(settings.WithinProbabilityColumnName)),
            (settings.ScoreProbabilitiesColumnName, "NaN", nameof(settings.ScoreProbabilitiesColumnName)),
            (settings.OutlierColumnName, "true", nameof(settings.OutlierColumnName)),
        ];
        (string? Name, string Value, string Option)[] columns = [.. all.Where(column => column.Name is not null)];
        return model.Distances is not null || columns.Length == 0
            ? null
            : $"The detector of {settings.Input} is not calibrated: "
                + $"{string.Join(" and ", columns.Select(column => $"'{column.Name}' is {column.Value}"))} in each row. Calibrate it on data that it was "
                + $"not fitted to, or set {string.Join(" and ", columns.Select(column => column.Option))} to null to leave them out.";
    }

    private static string? OfOutlierProbability(ScoringSettings settings) => settings is { OutlierColumnName: { } name, OutlierProbability: < LowOutlierProbability }
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"An outlier probability of {settings.OutlierProbability} flags about {1 - settings.OutlierProbability:0.## %} of in-distribution rows in column '{name}'; 0.95 flags about 5 %.")
        : null;

    private static void Warn(IHost host, string channelName, string? message)
    {
        if (message is not null)
        {
            using IChannel channel = host.Start(channelName);
            channel.Warning(MessageSensitivity.Schema, message);
        }
    }
}
