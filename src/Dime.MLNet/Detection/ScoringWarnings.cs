using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection;

/// <summary>Warns of a transformer that tells less than it seems to, in the log, when it is made.</summary>
internal static class ScoringWarnings
{
    /// <summary>Probabilities and flags are wanted of a model that is not calibrated.</summary>
    public static void Uncalibrated(IHost host, ModelledEmbedding embedding, ScoringSettings settings)
    {
        List<string> values = [];
        List<string> options = [];
        Add(settings.ProbabilityColumnName, nameof(settings.ProbabilityColumnName), "NaN");
        Add(settings.WithinProbabilityColumnName, nameof(settings.WithinProbabilityColumnName), "NaN");
        Add(settings.OutlierColumnName, nameof(settings.OutlierColumnName), "true");
        if (embedding.IsCalibrated || values.Count == 0)
        {
            return;
        }

        using IChannel channel = host.Start("Uncalibrated");
        channel.Warning(
            MessageSensitivity.Schema,
            $"The detector of column '{settings.InputColumnName}' is not calibrated: {string.Join(" and ", values)} in each row. "
            + $"Calibrate it on data that it was not fitted to, or set {string.Join(" and ", options)} to null to leave them out.");

        void Add(string? name, string option, string value)
        {
            if (name is not null)
            {
                values.Add($"'{name}' is {value}");
                options.Add(option);
            }
        }
    }
}
