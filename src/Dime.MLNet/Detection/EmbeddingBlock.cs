using System.Buffers;
using Dime.MLNet.Mapping;
using Microsoft.ML;

namespace Dime.MLNet.Detection;

/// <summary>
/// A block of embeddings with their distances, and the getters of the columns that follow from them. Pieces of a large
/// block are measured on other threads while the rest of it is still being read.
/// </summary>
internal sealed class EmbeddingBlock : IMappedBlock
{
    private const int PieceRows = 64;

    // Multiply-adds of a piece below which it is not worth a thread's while.
    private const long WorthTask = 1 << 18;

    private readonly ColumnReader<float> _features;
    private readonly ModelledEmbedding _model;
    private readonly OutputColumn[] _outputs;
    private readonly float _outlierProbability;
    private readonly float[] _distances;
    private readonly float[] _probabilities;
    private readonly float[] _withinDistances;
    private readonly bool _measuresAhead;
    private readonly List<Task> _pieces = [];
    private float[] _rows;

    /// <param name="features">Reads the embedding of the current row.</param>
    /// <param name="model">The fitted model.</param>
    /// <param name="outputs">All output columns.</param>
    /// <param name="activeOutput">Which of them will be asked for; nothing else is computed.</param>
    /// <param name="outlierProbability">The probability from which on a row is flagged.</param>
    /// <param name="capacity">The most rows the block will have.</param>
    public EmbeddingBlock(
        ColumnReader<float> features, ModelledEmbedding model, OutputColumn[] outputs, Func<int, bool> activeOutput, double outlierProbability, int capacity)
    {
        _features = features;
        _model = model;
        _outputs = outputs;

        // Probabilities are single precision, and a percentile that is exactly the limit must be flagged.
        _outlierProbability = (float)outlierProbability;

        ILookup<bool, OutputColumn> active = outputs.Where((_, i) => activeOutput(i)).ToLookup(output => output.IsWithin);
        _rows = ArrayPool<float>.Shared.Rent(capacity * model.Dimension);
        _distances = active[false].Any() ? new float[capacity] : [];
        _probabilities = active[false].Any(output => output.Value is OutputValue.Probability or OutputValue.IsOutlier) ? new float[capacity] : [];
        _withinDistances = active[true].Any() ? new float[capacity] : [];
        _measuresAhead = Environment.ProcessorCount > 1
            && capacity > PieceRows
            && (long)PieceRows * model.Dimension * model.Rank >= WorthTask;
    }

    public void Read(int slot)
    {
        _features.Read().CopyTo(_rows.AsSpan(slot * _model.Dimension, _model.Dimension));
        if (_measuresAhead && (slot + 1) % PieceRows == 0)
        {
            int first = slot + 1 - PieceRows;
            _pieces.Add(Task.Run(() => Measure(first, PieceRows)));
        }
    }

    public void Compute(int count)
    {
        int ahead = _pieces.Count * PieceRows;
        Measure(ahead, count - ahead);
        WaitForPieces();
    }

    public Delegate GetterOf(int output, Func<int> slot) => _outputs[output].Value switch
    {
        OutputValue.Distance => (ValueGetter<float>)((ref float value) => value = _distances[slot()]),
        OutputValue.Probability => (ValueGetter<float>)((ref float value) => value = _probabilities[slot()]),

        // Not ">=": a row of which there is no probability is not shown to be in distribution.
        OutputValue.IsOutlier => (ValueGetter<bool>)((ref bool value) => value = !(_probabilities[slot()] < _outlierProbability)),
        OutputValue.WithinDistance => (ValueGetter<float>)((ref float value) => value = _withinDistances[slot()]),
        OutputValue.WithinProbability => (ValueGetter<float>)((ref float value) => value = WithinProbability(slot())),
        var other => throw new InvalidOperationException($"No getter is known for {other}."),
    };

    public void Dispose()
    {
        // Where the reading of a block ended in an exception, pieces of it may still be measured.
        WaitForPieces();
        ArrayPool<float>.Shared.Return(_rows);
        _rows = [];
    }

    private void Measure(int first, int count)
    {
        if (count == 0)
        {
            return;
        }

        _model.Measure(
            _rows.AsSpan(first * _model.Dimension, count * _model.Dimension),
            _distances.Length == 0 ? [] : _distances.AsSpan(first, count),
            _withinDistances.Length == 0 ? [] : _withinDistances.AsSpan(first, count));
        if (_probabilities.Length > 0)
        {
            // Looked up once, for the column of probabilities and that of flags.
            SetProbabilities(_distances.AsSpan(first, count), _probabilities.AsSpan(first, count));
        }
    }

    private void SetProbabilities(ReadOnlySpan<float> distances, Span<float> probabilities)
    {
        if (_model.Distances is not { } calibration)
        {
            probabilities.Fill(float.NaN);
            return;
        }

        distances.CopyTo(probabilities);
        calibration.ReplaceByProbabilities(probabilities);
    }

    private float WithinProbability(int slot) => _model.WithinDistances?.ProbabilityOf(_withinDistances[slot]) ?? float.NaN;

    private void WaitForPieces()
    {
        foreach (Task piece in _pieces)
        {
            piece.GetAwaiter().GetResult();
        }

        _pieces.Clear();
    }
}
