using Dime.MLNet;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Fitting;

/// <summary>Reads rows into a pipeline: to sum them, or to calibrate on them.</summary>
internal sealed class ShardReader(ToolConsole console, MLContext mlContext, SumsSettings settings, CancellationToken cancelled)
{
    private readonly List<UnreadableImage> _unreadable = [];

    /// <summary>The images that were left out so far because they cannot be read.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable => _unreadable;

    /// <summary>Opens the first rows, and makes the pipeline that they go through.</summary>
    /// <param name="path">The folder of images, or the file of embeddings.</param>
    /// <param name="isPart">Whether there may be others, so that one class will do.</param>
    /// <param name="detector">How the detector is fitted.</param>
    public (IRowSource Rows, DetectorPipeline Pipeline) Begin(string path, bool isPart, DetectorSettings detector)
    {
        // A network is sooner found to be wrong than a folder is searched.
        DetectorPipeline? pipeline = settings.Images is null ? null : Pipeline(detector, layout: null);
        IRowSource? rows = null;
        try
        {
            rows = Open(path, like: null, isPart);
            return (rows, pipeline ?? Pipeline(detector, rows.Layout));
        }
        catch
        {
            rows?.Dispose();
            pipeline?.Dispose();
            throw;
        }
    }

    /// <summary>Opens rows that are summed.</summary>
    /// <param name="path">The folder of images, or the file of embeddings.</param>
    /// <param name="like">What their embeddings shall hold; null where they are the first.</param>
    /// <param name="isPart">Whether there may be others, so that one class will do.</param>
    public IRowSource Open(string path, ColumnLayout? like, bool isPart) => settings.Images is null
        ? new EmbeddingFile(path, settings.Embeddings, like)
        : new ImageFolder(path, settings.ClassColumnName is null ? FolderClasses.None : isPart ? FolderClasses.Some : FolderClasses.All);

    /// <summary>Opens rows to calibrate on, which need no classes.</summary>
    public IRowSource OpenCalibration(string path, ColumnLayout? like) => settings.Images is null
        ? new EmbeddingFile(path, settings.Embeddings with { MayLackLabel = true }, like)
        : new ImageFolder(path);

    /// <summary>Sums rows.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="source">The name of the part of the data that they are.</param>
    /// <param name="doing">What is shown while they are read.</param>
    /// <param name="explainNone">Says that no image could be read; null where some could.</param>
    public DetectorSums Sum(DetectorPipeline pipeline, IRowSource rows, string source, string doing, out string? explainNone)
    {
        using RowProgress progress = new(console, $"{doing} {rows.Name}", rows.RowCount, cancelled);
        IDataView view = View(rows, progress, settings.ClassColumnName);
        return Read(unreadable => pipeline.Accumulate(view, source, unreadable), rows, out explainNone);
    }

    /// <summary>Calibrates a detector of the pipeline.</summary>
    public DetectorTransformer Calibrate(DetectorPipeline pipeline, DetectorTransformer detector, IRowSource rows)
    {
        using RowProgress progress = new(console, $"Calibrating on {rows.Name}", rows.RowCount, cancelled);
        IDataView view = View(rows, progress, classColumnName: null);
        return Read(unreadable => pipeline.Calibrate(detector, view, unreadable), rows, out _);
    }

    private DetectorPipeline Pipeline(DetectorSettings detector, ColumnLayout? layout) =>
        LibraryErrors.AsInput(() => new DetectorPipeline(mlContext, settings.Pipeline, detector, layout));

    private IDataView View(IRowSource rows, RowProgress progress, string? classColumnName) =>
        rows.ToView(mlContext, settings.Images is null ? ImagePipeline.FeatureColumn : ImagePipeline.PathColumn, progress, classColumnName);

    private T Read<T>(Func<UnreadableImages, T> read, IRowSource rows, out string? explainNone)
    {
        var unreadable = new UnreadableImages(settings.SkipsUnreadable);
        T result = LibraryErrors.AsInput(() => read(unreadable), _ => unreadable.ExplainNone(rows.Name, rows.RowCount));
        _unreadable.AddRange(unreadable.Skipped);
        explainNone = unreadable.ExplainNone(rows.Name, rows.RowCount);
        return result;
    }
}
