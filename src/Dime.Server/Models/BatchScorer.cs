using Microsoft.ML;

namespace Dime.Server.Models;

/// <summary>Scores batches of rows that are in memory, one batch at a time; others may do so beside it with the same stages.</summary>
internal sealed class BatchScorer
{
    private readonly ScoringStages _stages;
    private readonly BatchView _batch;
    private readonly IDataView _view;
    private readonly FeatureColumns? _features;
    private readonly DataViewSchema.Column[] _columns;
    private readonly DataViewSchema.Column[] _withOutputs;
    private readonly bool _hasNumbers;

    /// <exception cref="Errors.InputException">The pipeline cannot be used so.</exception>
    public BatchScorer(ScoringStages stages)
    {
        _stages = stages;
        _batch = new BatchView(stages.Model.Schema, stages.Model.InputColumn);
        (_view, _features) = stages.Over(_batch);
        _hasNumbers = _view.Schema.GetColumnOrNull(BatchView.NumberColumn) is not null;
        IEnumerable<string> read = ScoreReader.Columns(stages.Model);
        IEnumerable<string> needed = _hasNumbers ? read.Append(BatchView.NumberColumn) : read;
        _columns = [.. needed.Select(name => _view.Schema[name]).Concat(_features?.Columns ?? []).DistinctBy(column => column.Index)];
        _withOutputs = [.. _columns.Concat(stages.Outputs.Select(output => _view.Schema[output.Column])).DistinctBy(column => column.Index)];
    }

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
            return Read(cursor, rows, withOutputs ? _stages.Outputs : []);
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

    private RowResult[] Read(DataViewRowCursor cursor, IReadOnlyList<RowInput> rows, IReadOnlyList<(string Name, string Column)> outputs)
    {
        var reader = new ScoreReader(cursor, _stages.Model);
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
