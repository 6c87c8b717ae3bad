using Dime.MLNet;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Fitting;

/// <summary>The sums of shards, and what was noticed.</summary>
/// <param name="Sums">The sums of one part, or of several merged in the ordinal order of their names.</param>
/// <param name="Columns">What was taken from files of embeddings.</param>
/// <param name="Unreadable">The images that were left out because they cannot be read.</param>
/// <param name="Warnings">What else is to be said, such as that rows were left out.</param>
internal sealed record ShardSums(
    DetectorSums Sums, IReadOnlyList<TakenColumns> Columns, IReadOnlyList<UnreadableImage> Unreadable, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads shards one after the other; no more than the sums of two are held.</summary>
    /// <param name="console">Where progress and warnings are shown.</param>
    /// <param name="shards">The shards, one or more, with different names.</param>
    /// <param name="settings">How they are read and summed.</param>
    /// <param name="cancelled">Stops the work.</param>
    /// <exception cref="InputException">A shard or the network cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static ShardSums Of(ToolConsole console, IReadOnlyList<Shard> shards, SumsSettings settings, CancellationToken cancelled)
    {
        Shard[] ordered = [.. shards.OrderBy(shard => shard.Source, StringComparer.Ordinal)];
        if (settings.Images is null && ordered.FirstOrDefault(shard => shard.Path != EmbeddingFile.StandardInput && !File.Exists(shard.Path)) is { } missing)
        {
            // Before hours of work on others.
            throw new InputException($"There is no file '{missing.Path}'; name files of embeddings (.csv, .tsv, .parquet, .npy or .idv).");
        }

        var mlContext = new MLContext(settings.Seed);
        var log = new FitLog(mlContext, console, isWhole: false);
        log.Warn(FitAdvice.OfImages(settings.Images));
        var reader = new ShardReader(console, mlContext, settings, cancelled);
        List<TakenColumns> columns = [];
        DetectorPipeline? pipeline = null;
        ColumnLayout? layout = null;

        DetectorSums Sum(Shard shard)
        {
            using IRowSource rows = Open(shard.Path);
            DetectorSums sums = reader.Sum(pipeline!, rows, shard.Source, "Reading", out string? none);
            columns.AddRange(new[] { rows.Columns }.OfType<TakenColumns>());
            if (none is not null)
            {
                throw new InputException(none);
            }

            if (sums.RowCount == 0)
            {
                log.Warn($"'{shard.Path}' has no rows.");
            }

            return sums;
        }

        IRowSource Open(string path)
        {
            if (pipeline is not null)
            {
                return reader.Open(path, layout, isPart: true);
            }

            (IRowSource rows, pipeline) = reader.Begin(path, isPart: true, new DetectorSettings());
            layout = rows.Layout;
            log.Warn(pipeline.Remarks);
            return rows;
        }

        try
        {
            DetectorSums sums = ordered is [var only] ? Sum(only) : LibraryErrors.AsInput(() => DetectorSums.Merge(ordered.Select(Sum)));
            return new ShardSums(sums, columns, reader.Unreadable, log.Warnings);
        }
        finally
        {
            pipeline?.Dispose();
        }
    }
}
