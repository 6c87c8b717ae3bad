using Dime.MLNet;
using Dime.Server.Errors;
using Microsoft.ML;

namespace Dime.Server.Models;

/// <summary>The stages of a saved model, and the network whose outputs are given when asked for, as all who score batches with them share them.</summary>
internal sealed class ScoringStages : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly ITransformer[] _parts;
    private readonly OnnxFeatureTransformer[] _own;
    private readonly ITransformer? _network;

    /// <param name="model">The model, which is not disposed with the stages.</param>
    /// <param name="network">The file of the network whose outputs are given when asked for; null for those that the pipeline has.</param>
    /// <param name="threads">How many threads a network takes where the model leaves that open; null for as many as there are.</param>
    /// <exception cref="InputException">The pipeline or the network cannot be used so.</exception>
    public ScoringStages(SavedModel model, string? network, int? threads)
    {
        Model = model;
        model.RequireScores(calibrated: false);
        _parts = [.. model.Parts.Select(part => part is OnnxFeatureTransformer { IntraOpNumThreads: null } own && threads is not null ? own.WithIntraOpNumThreads(threads) : part)];
        _own = [.. _parts.OfType<OnnxFeatureTransformer>().Except(model.Parts.OfType<OnnxFeatureTransformer>())];
        try
        {
            (IDataView view, _) = Over(new BatchView(model.Schema, model.InputColumn));
            Outputs = [.. NetworkOutputs.Of(model, view.Schema)];
            if (network is not null)
            {
                (_network, Outputs) = NetworkOutputs.Create(_mlContext, model, network, view, threads);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SavedModel Model { get; }

    /// <summary>The outputs of the network that can be asked for, with their columns.</summary>
    public IReadOnlyList<(string Name, string Column)> Outputs { get; }

    /// <summary>Applies all stages to rows.</summary>
    /// <returns>The rows with what the stages append, and the columns that the detector measures; null where a later stage has dropped one.</returns>
    /// <exception cref="InputException">The pipeline does not fit the rows.</exception>
    public (IDataView View, FeatureColumns? Features) Over(BatchView batch) => LibraryErrors.AsInput(() =>
    {
        // What comes before the first stage that takes rows in blocks is read by one thread.
        ITransformer[] before = [.. _parts.TakeWhile(stage => stage is not (OnnxFeatureTransformer or DetectorTransformer or GlobalAveragePoolingTransformer))];
        IDataView view = OneThreadView.Of(PipelineParts.Transform(
            before,
            batch,
            (rows, column) => _mlContext.Transforms.CopyColumns(column.Name, BatchView.ImageColumn).Fit(rows).Transform(rows)));
        FeatureColumns? features = null;
        foreach (ITransformer stage in _parts.Skip(before.Length))
        {
            features = stage == Model.Detector ? FeatureColumns.Of(Model.Detector, view.Schema) : features;
            view = stage.Transform(view);
        }

        view = _network is null ? view : _network.Transform(view);
        return (view, features?.In(view.Schema));
    });

    public void Dispose()
    {
        (_network as IDisposable)?.Dispose();
        foreach (OnnxFeatureTransformer network in _own)
        {
            network.Dispose();
        }
    }
}
