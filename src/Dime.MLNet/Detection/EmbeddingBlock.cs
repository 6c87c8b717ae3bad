using System.Buffers;
using System.Diagnostics;
using Dime.MLNet.Mapping;
using Dime.MLNet.Modelling;
using Dime.MLNet.Numerics;
using Dime.MLNet.Telemetry;
using Microsoft.ML;
using Microsoft.ML.Data;

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

    private readonly ColumnsReader _features;
    private readonly IDetectorModel _model;
    private readonly int _scoreCount;
    private readonly OutputColumn[] _outputs;
    private readonly float _outlierProbability;
    private readonly float[] _distances;
    private readonly float[] _probabilities;
    private readonly float[] _withinDistances;
    private readonly float[] _scoreProbabilities;
    private readonly bool _measuresAhead;
    private readonly List<Task> _pieces = [];
    private readonly ScoringInstruments _instruments;
    private long _ticks;
    private float[] _rows;

    /// <param name="features">Reads the embeddings of the current row.</param>
    /// <param name="model">The fitted model.</param>
    /// <param name="outputs">All output columns.</param>
    /// <param name="activeOutput">Which of them will be asked for; nothing else is computed.</param>
    /// <param name="outlierProbability">The probability from which on a row is flagged.</param>
    /// <param name="capacity">The most rows the block will have.</param>
    /// <param name="instruments">Hears of what is measured.</param>
    public EmbeddingBlock(
        ColumnsReader features,
        IDetectorModel model,
        OutputColumn[] outputs,
        Func<int, bool> activeOutput,
        double outlierProbability,
        int capacity,
        ScoringInstruments instruments)
    {
        _instruments = instruments;
        _features = features;
        _model = model;
        _outputs = outputs;

        // Probabilities are single precision, and a percentile that is exactly the limit must be flagged.
        _outlierProbability = (float)outlierProbability;

        _scoreCount = model.ScoreNames.Count;
        HashSet<OutputValue> active = [.. outputs.Where((_, i) => activeOutput(i)).Select(output => output.Value)];
        bool needsProbability = active.Contains(OutputValue.Probability) || active.Contains(OutputValue.IsOutlier);
        bool needsWithin = active.Contains(OutputValue.WithinDistance) || active.Contains(OutputValue.WithinProbability);
        _rows = ArrayPool<float>.Shared.Rent(capacity * features.Width);
        _distances = needsProbability || active.Contains(OutputValue.Distance) ? new float[capacity] : [];
        _probabilities = needsProbability ? new float[capacity] : [];
        _withinDistances = needsWithin ? new float[capacity] : [];
        _scoreProbabilities = active.Contains(OutputValue.ScoreProbabilities) ? new float[capacity * _scoreCount] : [];
        _measuresAhead = Environment.ProcessorCount > 1 && capacity > PieceRows && PieceRows * model.Work >= WorthTask;
    }

    public void Read(int slot)
    {
        _features.Read(_rows.AsSpan(slot * _features.Width, _features.Width));
        if (_measuresAhead && (slot + 1) % PieceRows == 0)
        {
            MeasureAhead(slot + 1 - PieceRows);
        }
    }

    public void Compute(int count)
    {
        int ahead = _pieces.Count * PieceRows;
        Measure(ahead, count - ahead);
        WaitForPieces();
        Report(count);
    }

    public Delegate GetterOf(int output, Func<int> slot) => _outputs[output].Value switch
    {
        OutputValue.Distance => (ValueGetter<float>)((ref float value) => value = _distances[slot()]),
        OutputValue.Probability => (ValueGetter<float>)((ref float value) => value = _probabilities[slot()]),

        // Not ">=": a row of which there is no probability is not shown to be in distribution.
        OutputValue.IsOutlier => (ValueGetter<bool>)((ref bool value) => value = !(_probabilities[slot()] < _outlierProbability)),
        OutputValue.WithinDistance => (ValueGetter<float>)((ref float value) => value = _withinDistances[slot()]),
        OutputValue.WithinProbability => (ValueGetter<float>)((ref float value) => value = WithinProbability(slot())),
        OutputValue.ScoreProbabilities => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => SetScoreProbabilities(slot(), ref value)),
        var other => throw new InvalidOperationException($"No getter is known for {other}."),
    };

    public void Dispose()
    {
        // Where the reading of a block ended in an exception, pieces of it may still be measured.
        WaitForPieces();
        ArrayPool<float>.Shared.Return(_rows);
        _rows = [];
    }

    // By itself: the optimising compiler would have each row allocate what a piece captures.
    private void MeasureAhead(int first) => _pieces.Add(Task.Run(() => Measure(first, PieceRows)));

    private void Measure(int first, int count)
    {
        if (count == 0)
        {
            return;
        }

        long start = ScoringInstruments.Start();
        _model.Measure(
            _rows.AsSpan(first * _features.Width, count * _features.Width),
            _distances.Length == 0 ? [] : _distances.AsSpan(first, count),
            _withinDistances.Length == 0 ? [] : _withinDistances.AsSpan(first, count),
            _scoreProbabilities.Length == 0 ? [] : _scoreProbabilities.AsSpan(first * _scoreCount, count * _scoreCount));
        if (_probabilities.Length > 0)
        {
            // Looked up once, for the column of probabilities and that of flags.
            SetProbabilities(_distances.AsSpan(first, count), _probabilities.AsSpan(first, count));
        }

        if (start != 0)
        {
            Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - start);
        }
    }

    private void Report(int count)
    {
        _instruments.RowsScored(count, _ticks);
        _ticks = 0;
        if (ScoringInstruments.CountNonFinite)
        {
            int nonFinite = 0;
            for (int i = 0; i < count; i++)
            {
                nonFinite += FiniteRows.IsFinite(_rows.AsSpan(i * _features.Width, _features.Width)) ? 0 : 1;
            }

            _instruments.RowsNonFinite(nonFinite);
        }

        _instruments.Probabilities(_probabilities.AsSpan(0, Math.Min(count, _probabilities.Length)), _outlierProbability);
        _instruments.ScoreProbabilities(_scoreProbabilities.AsSpan(0, Math.Min(count * _scoreCount, _scoreProbabilities.Length)));
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

    private void SetScoreProbabilities(int slot, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, _scoreCount);
        _scoreProbabilities.AsSpan(slot * _scoreCount, _scoreCount).CopyTo(editor.Values);
        value = editor.Commit();
    }

    private void WaitForPieces()
    {
        foreach (Task piece in _pieces)
        {
            piece.GetAwaiter().GetResult();
        }

        _pieces.Clear();
    }
}
