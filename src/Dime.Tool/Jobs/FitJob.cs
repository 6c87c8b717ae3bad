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

        (EstimatorChain<DimeTransformer> pipeline, string? layer) = LibraryErrors.AsInput(CreatePipeline);
        using IRowSource rows = Open(_settings.Input, like: null);
        using IRowSource? calibration = _settings.CalibrationInput is { } path ? Open(path, rows.Layout) : null;
        (TransformerChain<DimeTransformer> fitted, DataViewSchema schema, long count) = Fit(pipeline, rows);
        using (fitted)
        {
            TransformerChain<DimeTransformer> model = calibration is null ? fitted : Calibrate(fitted, calibration);
            _mlContext.Model.Save(new TransformerChain<DimeTransformer>([.. _loading, .. model]), schema, output.Stream);
            output.Complete();

            ModelledEmbedding embedding = model.LastTransformer.Embedding;
            return new FitResult(
                _settings.Output,
                count,
                layer,
                embedding.Dimension,
                embedding.Rank,
                embedding.ExplainedVariance.Sum(),
                embedding.IsCalibrated,
                _unreadable,
                _warnings,
                rows.Columns,
                calibration?.Columns);
        }
    }

    private (EstimatorChain<DimeTransformer> Pipeline, string? Layer) CreatePipeline()
    {
        string? layer = null;
        EstimatorChain<ITransformer> pipeline = new();
        if (_settings.Images is { } images)
        {
            OnnxGraph network = NetworkFile.Load(images.Network);
            layer = LayerAdvice.Choose(images.Layer, images.Network, network);
            pipeline = ImagePipeline.Create(_mlContext, images, NetworkInput.Of(images.Network, network), layer);
        }

        return (pipeline.Append(_mlContext.Transforms.DetectOutOfDistribution(_settings.Detector)), layer);
    }

    private (TransformerChain<DimeTransformer> Model, DataViewSchema Schema, long RowCount) Fit(EstimatorChain<DimeTransformer> pipeline, IRowSource rows)
    {
        using RowProgress progress = new(_context.Console, $"Fitting to {rows.Name}", rows.RowCount, _context.Cancelled);
        IDataView view = View(rows, progress);
        (TransformerChain<DimeTransformer> model, int skipped) = WithImages(pipeline.Fit, view, rows);
        return (model, SchemaOfInput(view), progress.Rows - skipped);
    }

    private TransformerChain<DimeTransformer> Calibrate(TransformerChain<DimeTransformer> model, IRowSource rows)
    {
        using RowProgress progress = new(_context.Console, $"Calibrating on {rows.Name}", rows.RowCount, _context.Cancelled);
        return WithImages(model.Calibrate, View(rows, progress), rows).Model;
    }

    // The loading of images is no part of the model yet: the tool reads them in its place.
    private (TransformerChain<DimeTransformer> Model, int Skipped) WithImages(
        Func<IDataView, TransformerChain<DimeTransformer>> make, IDataView view, IRowSource rows)
    {
        var unreadable = new UnreadableImages(_settings.SkipsUnreadable);
        TransformerChain<DimeTransformer> model = LibraryErrors.AsInput(
            () => make(ImageLoading.Transform(_mlContext, _loading, view, unreadable)),
            _ => unreadable.ExplainNone(rows.Name, rows.RowCount));
        _unreadable.AddRange(unreadable.Skipped);
        return (model, unreadable.Skipped.Count);
    }

    // The tool leaves out what needs a calibration where there is none, calibrates after the fit with --calibration, and has advice of its own on limits.
    private static bool IsForPrograms(LoggingEventArgs message) =>
        message.Source.EndsWith("Uncalibrated", StringComparison.Ordinal) || message.Source.EndsWith("Outliers", StringComparison.Ordinal);

    private IDataView View(IRowSource rows, RowProgress progress) =>
        rows.ToView(_mlContext, _settings.Images is null ? ImagePipeline.FeatureColumn : ImagePipeline.PathColumn, progress);

    // At once: what follows may take hours.
    private void Warn(string text)
    {
        _warnings.Add(text);
        _context.Console.Remark(text);
    }

    // Who loads the zip need not have the tool's own column. The names of an embedding's values are annotations.
    private static DataViewSchema SchemaOfInput(IDataView view)
    {
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in view.Schema.Where(column => column.Name != RowColumns.Id))
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        return builder.ToSchema();
    }

    private IRowSource Open(string path, ColumnLayout? like) =>
        _settings.Images is null ? new EmbeddingFile(path, _settings.Embeddings, like) : new ImageFolder(path);
}

/// <summary>What <c>dime fit</c> does.</summary>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Images">How images become the network's input; null where the input is embeddings.</param>
/// <param name="Embeddings">How a file of embeddings is read.</param>
/// <param name="Detector">How the detector is fitted, and what it appends.</param>
/// <param name="CalibrationInput">Other rows to calibrate on; null to calibrate as <paramref name="Detector"/> says.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
/// <param name="Seed">Chooses the held-out rows.</param>
/// <param name="Output">The zip.</param>
internal sealed record FitSettings(
    string Input,
    ImageSettings? Images,
    EmbeddingOptions Embeddings,
    DimeOptions Detector,
    string? CalibrationInput,
    bool SkipsUnreadable,
    int Seed,
    string Output);

/// <summary>What <c>dime fit</c> tells.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Rows">The number of rows that were fitted to or held out.</param>
/// <param name="Layer">The tensor that is watched; null where the rows are embeddings.</param>
/// <param name="Dimension">The number of values of an embedding.</param>
/// <param name="Rank">The dimension of the hyperplane.</param>
/// <param name="ExplainedVariance">The share of the variance that the hyperplane explains.</param>
/// <param name="IsCalibrated">Whether the model gives probabilities.</param>
/// <param name="Unreadable">The images that were left out because they cannot be read.</param>
/// <param name="Warnings">What the fit warns of, such as rows that were left out.</param>
/// <param name="Columns">What was taken from a file of embeddings; null for images.</param>
/// <param name="CalibrationColumns">What was taken from another file to calibrate on; null where there is none.</param>
internal sealed record FitResult(
    string Model,
    long Rows,
    string? Layer,
    int Dimension,
    int Rank,
    double ExplainedVariance,
    bool IsCalibrated,
    IReadOnlyList<UnreadableImage> Unreadable,
    IReadOnlyList<string> Warnings,
    TakenColumns? Columns,
    TakenColumns? CalibrationColumns);
