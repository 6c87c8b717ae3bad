using Dime.Server.Models;
using Dime.MLNet;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.Tool.Jobs;

/// <summary>Fits a detector, calibrates it and saves the pipeline.</summary>
internal sealed class FitJob
{
    private readonly ToolContext _context;
    private readonly FitSettings _settings;
    private readonly MLContext _mlContext;
    private readonly ITransformer[] _loading;
    private readonly List<UnreadableImage> _unreadable = [];
    private readonly List<string> _warnings = [];

    private FitJob(ToolContext context, FitSettings settings)
    {
        _context = context;
        _settings = settings;
        _mlContext = new MLContext(settings.Seed);
        _loading = settings.Images is null ? [] : [ImagePipeline.CreateLoader(_mlContext)];
        _mlContext.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning && message.Source.Contains("Dime", StringComparison.Ordinal) && !IsForPrograms(message))
            {
                Warn(message.RawMessage);
            }
        };
    }

    /// <exception cref="InputException">An input cannot be used.</exception>
    public static FitResult Run(ToolContext context, FitSettings settings)
    {
        // Before hours of work, not after them.
        using OutputFile output = context.Files.Create(settings.Output, [settings.Input, settings.CalibrationInput, settings.Images?.Network]);
        return new FitJob(context, settings).Run(output);
    }

    private FitResult Run(OutputFile output)
    {
        foreach (string advice in FitAdvice.Of(_settings))
        {
            Warn(advice);
        }

        FitPipeline pipeline = LibraryErrors.AsInput(() => FitPipeline.Create(_mlContext, _settings));
        using IRowSource rows = Open(_settings.Input, _settings.Embeddings, _settings.ClassColumnName, like: null);
        using IRowSource? calibration = _settings.CalibrationInput is { } path
            ? Open(path, _settings.Embeddings with { MayLackLabel = true }, classColumnName: null, rows.Layout)
            : null;
        (ITransformer fitted, DataViewSchema schema, long count) = Fit(pipeline.Estimator, rows);
        using (fitted as IDisposable)
        {
            ITransformer model = calibration is null ? fitted : Calibrate(fitted, calibration);
            ITransformer[] parts = [.. PipelineParts.Of(model)];
            _mlContext.Model.Save(new TransformerChain<ITransformer>([.. _loading, .. parts]), schema, output.Stream);
            output.Complete();

            var detector = (DetectorTransformer)parts[^1];
            return new FitResult(
                _settings.Output,
                count,
                _settings.Detector.Method,
                detector is DimeTransformer dime ? HyperplaneResult.Of(dime.Embedding, pipeline.Tensors?[0]) : null,
                detector is EnsembleTransformer ensemble ? Describe(ensemble.Ensemble, pipeline.Tensors) : null,
                detector.IsCalibrated,
                _unreadable,
                _warnings,
                rows.Columns,
                calibration?.Columns);
        }
    }

    private EnsembleResult Describe(ModelledEnsemble ensemble, IReadOnlyList<string>? tensors) => new(
        tensors,
        [.. ensemble.Scores.Select(score => new WeightedScore(score.Name, score.Weight))],
        ensemble.ClassNames.Count,
        (ensemble.ClassNames.Count, _settings) switch
        {
            (0, _) => null,
            (_, { Images: null }) => $"column '{_settings.Embeddings.LabelColumn}'",
            (_, { Detector.Classes: ClassSource.Folders }) => "the folders",
            _ => "the logits",
        });

    private (ITransformer Model, DataViewSchema Schema, long RowCount) Fit(IEstimator<ITransformer> pipeline, IRowSource rows)
    {
        using RowProgress progress = new(_context.Console, $"Fitting to {rows.Name}", rows.RowCount, _context.Cancelled);
        IDataView view = View(rows, progress, _settings.ClassColumnName);
        (ITransformer model, int skipped) = WithImages(pipeline.Fit, view, rows);
        return (model, SchemaOfInput(view), progress.Rows - skipped);
    }

    private ITransformer Calibrate(ITransformer model, IRowSource rows)
    {
        using RowProgress progress = new(_context.Console, $"Calibrating on {rows.Name}", rows.RowCount, _context.Cancelled);
        return WithImages(data => model.Calibrate(data), View(rows, progress, classColumnName: null), rows).Model;
    }

    // The loading of images is no part of the model yet: the tool reads them in its place.
    private (ITransformer Model, int Skipped) WithImages(Func<IDataView, ITransformer> make, IDataView view, IRowSource rows)
    {
        var unreadable = new UnreadableImages(_settings.SkipsUnreadable);
        ITransformer model = LibraryErrors.AsInput(
            () => make(ImageLoading.Transform(_mlContext, _loading, view, unreadable)),
            _ => unreadable.ExplainNone(rows.Name, rows.RowCount));
        _unreadable.AddRange(unreadable.Skipped);
        return (model, unreadable.Skipped.Count);
    }

    // The tool leaves out what needs a calibration where there is none, calibrates after the fit with --calibration, and has advice of its own on limits.
    private static bool IsForPrograms(LoggingEventArgs message) =>
        message.Source.EndsWith("Uncalibrated", StringComparison.Ordinal) || message.Source.EndsWith("Outliers", StringComparison.Ordinal);

    private IDataView View(IRowSource rows, RowProgress progress, string? classColumnName) =>
        rows.ToView(_mlContext, _settings.Images is null ? ImagePipeline.FeatureColumn : ImagePipeline.PathColumn, progress, classColumnName);

    // At once: what follows may take hours.
    private void Warn(string text)
    {
        _warnings.Add(text);
        _context.Console.Remark(text);
    }

    // Who loads the zip need not have the tool's own column, nor classes. The names of an embedding's values are annotations.
    private DataViewSchema SchemaOfInput(IDataView view)
    {
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in view.Schema.Where(column => column.Name != RowColumns.Id && column.Name != _settings.ClassColumnName))
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        return builder.ToSchema();
    }

    private IRowSource Open(string path, EmbeddingOptions options, string? classColumnName, ColumnLayout? like) =>
        _settings.Images is null ? new EmbeddingFile(path, options, like) : new ImageFolder(path, hasClasses: classColumnName is not null);
}
