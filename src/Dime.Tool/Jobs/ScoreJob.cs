using Dime.Server.Models;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Scores rows and writes what the model says of each.</summary>
internal static class ScoreJob
{
    /// <exception cref="InputException">The model or the rows cannot be used.</exception>
    public static ScoreResult Run(ToolContext context, ScoreSettings settings)
    {
        using var model = SavedModel.Load(new MLContext(), settings.Model);
        model.RequireScores(settings.NeedsFlags);
        using ScoredRows rows = new(model, settings.Input, settings.Embeddings, settings.SkipsUnreadable);
        ScoreFormat format = FormatOf(settings);
        var columns = ScoreColumns.Of(model.Detector);
        using OutputFile? file = settings.Output is { } output ? context.Files.Create(output, [settings.Model, settings.Input]) : null;
        long count = 0;
        long flagged = 0;

        // Not Console.Out, which would be flushed at each row.
        using (IScoreWriter writer = ScoreFormats.CreateWriter(format, file?.Stream ?? Console.OpenStandardOutput(), columns))
        using (RowProgress progress = new(context.Console, $"Scoring {rows.Name}", rows.RowCount, context.Cancelled))
        {
            foreach (RowScore score in rows.Read(progress))
            {
                writer.Write(score);
                count++;
                flagged += score.IsOutOfDistribution is true ? 1 : 0;
            }

            writer.Complete();
        }

        file?.Complete();
        return new ScoreResult(settings.Input, count, columns.HasFlag ? flagged : null, rows.Unreadable, settings.Output, rows.Columns);
    }

    private static ScoreFormat FormatOf(ScoreSettings settings) => settings switch
    {
        { Output: null, Format: ScoreFormat.Parquet } =>
            throw new InputException("Parquet cannot be written to standard output; name a file with --output."),
        { Format: { } format } => format,
        { Output: { } output } => ScoreFormats.Of(output),
        _ => ScoreFormat.Csv,
    };
}

/// <summary>What <c>dime score</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Embeddings">How a file of embeddings is read.</param>
/// <param name="Output">The file to write; null for standard output.</param>
/// <param name="Format">How scores are written; null to go by the file's ending.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
/// <param name="NeedsFlags">Whether the model must be calibrated.</param>
internal sealed record ScoreSettings(
    string Model,
    string Input,
    EmbeddingOptions Embeddings,
    string? Output,
    ScoreFormat? Format,
    bool SkipsUnreadable,
    bool NeedsFlags);

/// <summary>What <c>dime score</c> tells when it is done.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Rows">Their number.</param>
/// <param name="Flagged">How many are flagged; null where the model has no flags.</param>
/// <param name="Unreadable">The images that were left out because they cannot be read.</param>
/// <param name="Output">The file of scores; null for standard output.</param>
/// <param name="Columns">What was taken from a file of embeddings; null for images.</param>
internal sealed record ScoreResult(
    string Input, long Rows, long? Flagged, IReadOnlyList<UnreadableImage> Unreadable, string? Output, TakenColumns? Columns)
{
    /// <summary>The share of the rows that are flagged.</summary>
    public double? FlaggedShare => Flagged is { } flagged && Rows > 0 ? flagged / (double)Rows : null;
}
