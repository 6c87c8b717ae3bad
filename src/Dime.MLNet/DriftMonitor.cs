using Dime.MLNet.Evaluation.Drift;
using Dime.MLNet.Modelling;
using Dime.MLNet.Telemetry;

namespace Dime.MLNet;

/// <summary>
/// Watches the rows that a detector sees in production, window by window, and raises an alarm where those of a window together differ from the
/// calibration rows; see <see cref="DriftTest"/>.
/// </summary>
/// <remarks>
/// <para>
/// Rows are added one at a time or many at once, by any number of threads; each window has exactly <see cref="DriftMonitorOptions.WindowRows"/> of them.
/// An alarm begins with a window that drifted, and ends after <see cref="DriftMonitorOptions.CleanWindowsToEnd"/> windows in a row that did not.
/// </para>
/// <para>
/// Events are raised in order and one at a time, by one of the threads that add rows, and under no lock: what handles them may add rows, save the
/// state or take its time, while others go on. What it throws comes out of the call that raised the event; events behind it are raised by the next call.
/// </para>
/// <para>
/// <see cref="SaveState"/> after each <see cref="WindowTested"/>, and <see cref="Load"/> when the process begins again, lose no more
/// than the rows of the open window. The meter "Dime.MLNet" hears of windows and alarms.
/// </para>
/// </remarks>
public sealed class DriftMonitor
{
    private readonly object _lock = new();
    private readonly DriftReference _reference;
    private readonly DriftMonitorOptions _options;
    private readonly DriftInstruments _instruments;
    private readonly OrderedDelivery<(DriftMonitorStatus Before, DriftEventArgs Window)> _events;
    private readonly int _width;
    private DriftWindow _window;
    private DriftMonitorStatus _status;

    /// <summary>Begins to watch.</summary>
    /// <param name="detector">The detector whose rows are watched: calibrated, on a known number of rows.</param>
    /// <param name="options">Windows and alarms; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The detector is null.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidOperationException">The detector is not calibrated, or does not tell on how many rows.</exception>
    public DriftMonitor(DetectorTransformer detector, DriftMonitorOptions? options = null)
        : this(detector, options ?? new DriftMonitorOptions(), null)
    {
    }

    private DriftMonitor(DetectorTransformer detector, DriftMonitorOptions options, Stream? state)
    {
        ArgumentNullException.ThrowIfNull(detector);
        options.Check(nameof(options));
        _options = options;
        _reference = DriftReference.Of(detector.Model, options.OutlierProbability ?? detector.OutlierProbability);
        _instruments = new DriftInstruments(detector.Settings.TelemetryName);
        _width = detector.Model.Dimensions.Sum();
        _window = new DriftWindow(_reference);
        _status = state is null ? DriftMonitorStatus.None : DriftStateFormat.Read(state, _reference);
        _events = new OrderedDelivery<(DriftMonitorStatus Before, DriftEventArgs Window)>(Raise);
        if (_status.IsAlarm)
        {
            _instruments.AlarmRestored();
        }
    }

    /// <summary>A window drifted, and there was no alarm before.</summary>
    public event EventHandler<DriftEventArgs>? AlarmRaised;

    /// <summary>An alarm ended.</summary>
    public event EventHandler<DriftEventArgs>? AlarmEnded;

    /// <summary>A window was tested, whatever became of it; raised behind the other events of that window.</summary>
    public event EventHandler<DriftEventArgs>? WindowTested;

    /// <summary>What was seen so far, as of the last whole window.</summary>
    public DriftMonitorStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    /// <summary>How many rows the open window has.</summary>
    public int OpenRowCount
    {
        get
        {
            lock (_lock)
            {
                return _window.Count;
            }
        }
    }

    /// <summary>Reads what <see cref="SaveState"/> wrote, and goes on with an empty window.</summary>
    /// <param name="state">Where to read; it is left open.</param>
    /// <param name="detector">The detector that was watched.</param>
    /// <param name="options">Windows and alarms, which may be others than before; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The stream or the detector is null.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDataException">The content is no such state, was altered, is of a newer version, or of another detector.</exception>
    /// <exception cref="InvalidOperationException">The detector is not calibrated, or does not tell on how many rows.</exception>
    public static DriftMonitor Load(Stream state, DetectorTransformer detector, DriftMonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new DriftMonitor(detector, options ?? new DriftMonitorOptions(), state);
    }

    /// <summary>Writes the <see cref="Status"/> as versioned JSON. The rows of the open window are not kept.</summary>
    /// <param name="state">Where to write; it is left open.</param>
    /// <exception cref="ArgumentNullException">The stream is null.</exception>
    public void SaveState(Stream state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(DriftStateFormat.Write(_reference, Status));
    }

    /// <summary>Measures embeddings and adds them; all tests apply.</summary>
    /// <param name="rows">Row-major embeddings: of each row the input columns of the detector, side by side.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the width of a row.</exception>
    public void Add(ReadOnlySpan<float> rows)
    {
        if (RowShape.CountRows(rows.Length, _width, nameof(rows)) > 0)
        {
            Add(MeasuredRows.Of(_reference, rows));
        }
    }

    /// <summary>
    /// Adds rows that were scored already, by what the detector said of them: cheaper, but the mean of the embeddings of a window with
    /// such rows is not tested, nor are the scores of an ensemble where they are left out.
    /// </summary>
    /// <param name="probabilities">Of each row the probability, in [0, 1].</param>
    /// <param name="scoreProbabilities">Row-major, of each row the probability of each score of an ensemble, in [0, 1]; empty to leave them out.</param>
    /// <exception cref="ArgumentException">A value is not in [0, 1], or there are not as many as rows and scores.</exception>
    public void AddScored(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> scoreProbabilities = default)
    {
        DriftTest.RequireProbabilities(probabilities, nameof(probabilities));
        DriftTest.RequireProbabilities(scoreProbabilities, nameof(scoreProbabilities));
        if (!scoreProbabilities.IsEmpty && scoreProbabilities.Length != (long)probabilities.Length * _reference.Scores.Length)
        {
            throw new ArgumentException(
                $"There are {scoreProbabilities.Length} probabilities of scores for {probabilities.Length} rows of {_reference.Scores.Length} scores.", nameof(scoreProbabilities));
        }

        if (!probabilities.IsEmpty)
        {
            Add(new MeasuredRows([], probabilities, scoreProbabilities, new bool[probabilities.Length]));
        }
    }

    private void Add(MeasuredRows rows)
    {
        lock (_lock)
        {
            for (int first = 0; first < rows.Count;)
            {
                int count = Math.Min(rows.Count - first, _options.WindowRows - _window.Count);
                _window.Add(rows.Slice(first, count));
                first += count;
                if (_window.Count == _options.WindowRows)
                {
                    CloseWindow();
                }
            }
        }

        _events.Deliver();
    }

    private void CloseWindow()
    {
        DriftWindow window = _window;
        _window = new DriftWindow(_reference);
        DriftResult result = window.Test(_options.Level);
        DriftMonitorStatus before = _status;
        _status = before.After(result, _options.CleanWindowsToEnd, _options.TimeProvider.GetUtcNow());
        _events.Enqueue((before, new DriftEventArgs(result, _status)));
    }

    private void Raise((DriftMonitorStatus Before, DriftEventArgs Window) raised)
    {
        (DriftMonitorStatus before, DriftEventArgs window) = raised;
        _instruments.WindowTested(
            window.Result.PValue,
            window.Result.Tests
                .Where(test => test is { ScoreName: not null, PValue: not null })
                .GroupBy(test => test.ScoreName!, test => test.PValue!.Value)
                .Select(score => (score.Key, score.Min())));
        try
        {
            RaiseAlarm(before, window);
        }
        finally
        {
            WindowTested?.Invoke(this, window);
        }
    }

    private void RaiseAlarm(DriftMonitorStatus before, DriftEventArgs window)
    {
        if (!before.IsAlarm && window.Status.IsAlarm)
        {
            _instruments.AlarmRaised(window.Result.Objections[0].ScoreName);
            AlarmRaised?.Invoke(this, window);
        }
        else if (before.IsAlarm && !window.Status.IsAlarm)
        {
            _instruments.AlarmEnded();
            AlarmEnded?.Invoke(this, window);
        }
    }
}
