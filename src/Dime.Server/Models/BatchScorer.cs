using Dime.MLNet;
using Dime.Server.Errors;
using Microsoft.ML;

namespace Dime.Server.Models;

/// <summary>Scores batches of rows that are in memory with a saved model, one batch at a time.</summary>
internal sealed class BatchScorer : IDisposable
{
    private readonly BatchView _batch;
    private readonly IDataView _view;
    private readonly DataViewSchema.Column[] _columns;
    private readonly DataViewSchema.Column[] _withOutputs;
    private readonly FeatureColumns? _features;
    private readonly (string Name, string Column)[] _outputs;
    private readonly bool _hasNumbers;
    private readonly IDisposable? _network;

    /// <param name="model">The model, which is not disposed with the scorer.</param>
    /// <param name="network">The file of the network whose outputs are given when asked for; null for those that the pipeline has.</param>
    /// <exception cref="InputException">The pipeline or the network cannot be used so.</exception>
    public BatchScorer(SavedModel model, string? network)
    {
        Model = model;
        model.RequireScores(calibrated: false);
        var mlContext = new MLContext();
        _batch = new BatchView(model.Schema, model.InputColumn);
        FeatureColumns? features = null;
        IDataView view = LibraryErrors.AsInput(() => Transform(mlContext, model, out features));
        _outputs = [.. NetworkOutputs.Of(model, view.Schema)];
        if (network is not null)
        {
            (ITransformer stage, IReadOnlyList<(string, string)> outputs) = NetworkOutputs.Create(mlContext, model, network, view);
            view = stage.Transform(view);
            _network = stage as IDisposable;
            _outputs = [.. outputs];
        }

        _view = view;
        _features = features?.In(view.Schema);
        _hasNumbers = view.Schema.GetColumnOrNull(BatchView.NumberColumn) is not null;
        IEnumerable<string> needed = _hasNumbers ? ScoreReader.Columns(model).Append(BatchView.NumberColumn) : ScoreReader.Columns(model);
        _columns = [.. needed.Select(name => view.Schema[name]).Concat(_features?.Columns ?? []).DistinctBy(column => column.Index)];
        _withOutputs = [.. _columns.Concat(_outputs.Select(output => view.Schema[output.Column])).DistinctBy(column => column.Index)];
    }

    public SavedModel Model { get; }

    /// <summary>The names of the outputs of the network that can be asked for.</summary>
    public IEnumerable<string> OutputNames => _outputs.Select(output => output.Name);

    /// <summary>Scores rows.</summary>
    /// <param name="rows">The rows, of the kind that the model takes.</param>
    /// <param name="withOutputs">Whether the outputs of the network are wanted.</param>
    /// <returns>What the model says of each, in their order.</returns>
    public RowResult[] Score(IReadOnlyList<RowInput> rows, bool withOutputs)
    {
        _batch.Rows = rows;
        try
        {
            using DataViewRowCursor cursor = _view.GetRowCursor(withOutputs ? _withOutputs : _columns);
            return Read(cursor, rows, withOutputs ? _outputs : []);
        }
        finally
        {
            _batch.Rows = [];
            foreach (RowInput row in rows)
            {
                row.Image?.EndBatch();
            }
        }
    }

    public void Dispose() => _network?.Dispose();

    // What comes before the first stage that takes rows in blocks is read by one thread.
    private IDataView Transform(MLContext mlContext, SavedModel model, out FeatureColumns? features)
    {
        FeatureColumns? found = null;
        ITransformer[] stages = [.. model.Parts];
        ITransformer[] before = [.. stages.TakeWhile(stage => stage is not (OnnxFeatureTransformer or DetectorTransformer or GlobalAveragePoolingTransformer))];
        IDataView rows = PipelineParts.Transform(
            before,
            _batch,
            (view, column) => mlContext.Transforms.CopyColumns(column.Name, BatchView.ImageColumn).Fit(view).Transform(view));
        IDataView result = stages.Skip(before.Length).Aggregate(OneThreadView.Of(rows), (view, stage) =>
        {
            found = stage == model.Detector ? FeatureColumns.Of(model.Detector, view.Schema) : found;
            return stage.Transform(view);
        });
        features = found;
        return result;
    }

    private RowResult[] Read(DataViewRowCursor cursor, IReadOnlyList<RowInput> rows, (string Name, string Column)[] outputs)
    {
        var reader = new ScoreReader(cursor, Model);
        Func<int>? number = _hasNumbers ? ScoreReader.Required<int>(cursor, BatchView.NumberColumn) : null;
        Func<float[]>[] readOutputs = [.. outputs.Select(output => ScoreReader.Vector(cursor, output.Column))];
        Action<Memory<float>>? features = _features?.ReaderAt(cursor);
        int width = _features?.Width ?? 0;
        float[] values = new float[rows.Count * width];
        var results = new RowResult?[rows.Count];
        for (int next = 0; cursor.MoveNext(); next++)
        {
            int row = number?.Invoke() ?? next;
            Memory<float> ofRow = values.AsMemory(row * width, width);
            features?.Invoke(ofRow);
            results[row] = new RowResult(reader.Read(rows[row].Id), [.. readOutputs.Select(read => read())], ofRow);
        }

        return
        [
            .. results.Select(result => result ?? throw new InvalidOperationException("The pipeline leaves out rows; a model that is served gives each row a score.")),
        ];
    }
}

/// <summary>What a model says of a row.</summary>
/// <param name="Score">The detector's part.</param>
/// <param name="Outputs">The network's part, in the order of the scorer's outputs; empty where it was not asked for.</param>
/// <param name="Features">What the detector measured, its input columns side by side; empty where a later stage hides or drops a column of them.</param>
internal sealed record RowResult(RowScore Score, float[][] Outputs, ReadOnlyMemory<float> Features);
