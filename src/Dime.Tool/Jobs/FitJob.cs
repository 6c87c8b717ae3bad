using Dime.MLNet;
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
    private readonly List<string> _warnings = [];

    private FitJob(ToolContext context, FitSettings settings)
    {
        _context = context;
        _settings = settings;
        _mlContext = new MLContext(settings.Seed);
        _mlContext.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning && message.Source.Contains("Dime", StringComparison.Ordinal))
            {
                _warnings.Add(message.RawMessage);
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
        string? layer = null;
        EstimatorChain<ITransformer> pipeline = new();
        if (_settings.Images is { } images)
        {
            OnnxGraph network = NetworkFile.Load(images.Network);
            layer = LayerAdvice.Choose(images.Layer, images.Network, network);
            pipeline = ImagePipeline.Create(_mlContext, images, NetworkInput.Of(images.Network, network), layer);
        }

        using IRowSource rows = Open(_settings.Input);
        using IRowSource? calibration = _settings.CalibrationInput is { } path ? Open(path) : null;
        EstimatorChain<DimeTransformer> detector = pipeline.Append(_mlContext.Transforms.DetectOutOfDistribution(_settings.Detector));
        (TransformerChain<DimeTransformer> model, DataViewSchema schema, long count) = RowJob.Run(_context, $"Fitting to {rows.Name}", rows, progress =>
        {
            IDataView view = View(rows, progress);
            return (detector.Fit(view), SchemaOfInput(view), progress.Rows);
        });
        using (model)
        {
            TransformerChain<DimeTransformer> calibrated = calibration is null ? model : RowJob.Run(
                _context, $"Calibrating on {calibration.Name}", calibration, progress => model.Calibrate(View(calibration, progress)));
            _mlContext.Model.Save(calibrated, schema, output.Stream);
            output.Complete();

            ModelledEmbedding embedding = calibrated.LastTransformer.Embedding;
            return new FitResult(
                _settings.Output, count, layer, embedding.Dimension, embedding.Rank, embedding.ExplainedVariance.Sum(), embedding.IsCalibrated, _warnings);
        }
    }

    private IDataView View(IRowSource rows, RowProgress progress) =>
        rows.ToView(_mlContext, _settings.Images is null ? ImagePipeline.FeatureColumn : ImagePipeline.PathColumn, progress);

    // Who loads the zip need not have the tool's own column.
    private static DataViewSchema SchemaOfInput(IDataView view)
    {
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in view.Schema.Where(column => column.Name != RowColumns.Id))
        {
            builder.AddColumn(column.Name, column.Type);
        }

        return builder.ToSchema();
    }

    private IRowSource Open(string path) => _settings.Images is null ? new EmbeddingFile(path, _settings.Embeddings) : new ImageFolder(path);
}
