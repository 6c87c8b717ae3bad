using Dime.Tool.Inputs;
using Dime.Tool.Models;
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
        var mlContext = new MLContext();
        using SavedModel model = SavedModel.Load(mlContext, settings.Model);
        RowScores.Require(model, settings.NeedsFlags);
        using IRowSource rows = model.Open(settings.Input, settings.Embeddings);
        var columns = ScoreColumns.Of(model.Detector);
        long count = 0;
        long flagged = 0;
        WriteScores(context, settings, columns, writer => RowJob.Run(context, $"Scoring {rows.Name}", rows, progress =>
        {
            foreach (RowScore score in RowScores.Read(mlContext, model, rows, progress))
            {
                writer.Write(score);
                count++;
                flagged += score.IsOutOfDistribution is true ? 1 : 0;
            }

            return count;
        }));
        return new ScoreResult(settings.Input, count, columns.HasFlag ? flagged : null, settings.Output);
    }

    private static void WriteScores(ToolContext context, ScoreSettings settings, ScoreColumns columns, Action<IScoreWriter> write)
    {
        if (settings.Output is null)
        {
            // Console.Out would be flushed at each row.
            using StreamWriter output = new(Console.OpenStandardOutput());
            using IScoreWriter lines = TextWriterOf(settings.Format ?? ScoreFormat.Csv, output, columns);
            write(lines);
            lines.Complete();
            return;
        }

        ScoreFormat format = settings.Format ?? ScoreFormats.Of(settings.Output);
        using OutputFile file = context.Files.Create(settings.Output, [settings.Model, settings.Input]);
        using (StreamWriter text = new(file.Stream, leaveOpen: true))
        using (IScoreWriter writer = format == ScoreFormat.Parquet ? new ParquetScoreWriter(file.Stream, columns) : TextWriterOf(format, text, columns))
        {
            write(writer);
            writer.Complete();
        }

        file.Complete();
    }

    private static IScoreWriter TextWriterOf(ScoreFormat format, TextWriter text, ScoreColumns columns) => format switch
    {
        ScoreFormat.Csv => new CsvScoreWriter(text, columns),
        ScoreFormat.Jsonl => new JsonLinesScoreWriter(text),
        _ => throw new InputException("Parquet cannot be written to standard output; name a file with --output."),
    };
}
