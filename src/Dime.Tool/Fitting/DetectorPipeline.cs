using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Fitting;

/// <summary>A pipeline from images or embeddings to a detector: it sums rows, fits its detector to sums, and is saved with it.</summary>
internal sealed class DetectorPipeline : IDisposable
{
    private readonly MLContext _mlContext;
    private readonly DataViewSchema _schema;
    private readonly ITransformer[] _loading;
    private readonly ITransformer[] _features;
    private readonly DetectorFit _detector;

    /// <param name="mlContext">The context.</param>
    /// <param name="settings">The pipeline.</param>
    /// <param name="detector">How its detector is fitted.</param>
    /// <param name="layout">What a row of embeddings holds; null for images.</param>
    /// <exception cref="InputException">The network cannot be used so.</exception>
    public DetectorPipeline(MLContext mlContext, PipelineSettings settings, DetectorSettings detector, ColumnLayout? layout)
    {
        _mlContext = mlContext;
        IDataView rows = EmptyRows.Of(mlContext, layout);
        _schema = rows.Schema;
        if (settings.Images is null)
        {
            _loading = _features = [];
            _detector = DetectorPlan.OfEmbeddings(mlContext, settings, detector);
            Properties = new PartProperties(layout, Images: null);
            return;
        }

        var plan = ImagePlan.Of(mlContext, settings, detector);
        _loading = [ImagePipeline.CreateLoader(mlContext)];
        _features = [plan.Features.Fit(ImageLoading.Transform(mlContext, _loading, rows, new UnreadableImages(areSkipped: false)))];
        (_detector, Tensors, Remarks) = (plan.Detector, plan.Tensors, plan.Remarks);
        Properties = new PartProperties(Layout: null, plan.Properties);
    }

    /// <summary>The tensors that the detector watches; null where the rows are embeddings.</summary>
    public IReadOnlyList<string>? Tensors { get; }

    /// <summary>What was noticed of the network.</summary>
    public IReadOnlyList<string> Remarks { get; } = [];

    /// <summary>What sums are to carry, so that a pipeline of the same kind can be made of them.</summary>
    public PartProperties Properties { get; }

    /// <summary>Sums rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="source">What they are a part of the data by; "" where they are no part.</param>
    /// <param name="unreadable">Hears of images that cannot be read.</param>
    public DetectorSums Accumulate(IDataView rows, string source, UnreadableImages unreadable) =>
        _detector.Accumulate(WithFeatures(rows, unreadable), new AccumulationOptions { Source = source, Properties = Properties.ToDictionary() });

    /// <summary>Fits the detector.</summary>
    public DetectorTransformer Fit(DetectorSums sums) => _detector.Fit(sums);

    /// <summary>Calibrates a detector of this pipeline on other rows.</summary>
    public DetectorTransformer Calibrate(DetectorTransformer detector, IDataView rows, UnreadableImages unreadable) => detector.Calibrate(WithFeatures(rows, unreadable));

    /// <summary>Writes the zip of the pipeline.</summary>
    public void Save(DetectorTransformer detector, Stream stream) => _mlContext.Model.Save(
        new TransformerChain<ITransformer>([.. _loading, .. _features.SelectMany(PipelineParts.Of), detector]), _schema, stream);

    public void Dispose()
    {
        foreach (IDisposable features in _features.OfType<IDisposable>())
        {
            features.Dispose();
        }
    }

    // The loading of images is done by the tool, in the place of the first step.
    private IDataView WithFeatures(IDataView rows, UnreadableImages unreadable) => ImageLoading.Transform(_mlContext, [.. _loading, .. _features], rows, unreadable);
}
