using Dime.MLNet.Modelling;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>What is to be said of rows that were left out.</summary>
internal static class TrainingWarnings
{
    public static void LogSkipped(IChannel channel, ScoringSettings settings, long skipped, long used)
    {
        if (skipped > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"{skipped} of {skipped + used} rows were left out: {settings.Input} {(settings.InputColumnNames.Count == 1 ? "has" : "have")} values in them that are not finite.");
        }
    }

    public static void LogUnclassified(IChannel channel, IRowSums sums, string? classColumnName)
    {
        if (sums.UnclassifiedCount > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"{sums.UnclassifiedCount} rows were left out: their class in column '{classColumnName}' is missing.");
        }
    }
}
