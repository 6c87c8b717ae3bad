using System.Diagnostics.CodeAnalysis;
using Dime.MLNet.Evaluation.Drift;
using Dime.MLNet.Modelling;
using Dime.MLNet.Numerics;
using Dime.MLNet.Serialization;
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
/// <see cref="SaveState(string)"/> after each <see cref="WindowTested"/>, and <see cref="Load(string, DetectorTransformer, DriftMonitorOptions)"/> when the process begins
/// again, lose no more than the rows of the open window. The meter "Dime.MLNet" hears of windows and alarms.
/// </para>
/// </remarks>
[SuppressMessage("ApiDesign", "RS0026:Do not add multiple public overloads with optional parameters", Justification = "Files and streams are told apart by their type.")]
public sealed class DriftMonitor : IDisposable
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

    /// <summary>Reads the file that <see cref="SaveState(string)"/> wrote, and goes on with an empty window.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="detector">The detector that was watched.</param>
    /// <param name="options">Windows and alarms, which may be others than before; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The path or the detector is null.</exception>
    /// <exception cref="ArgumentException">The path is empty, or the options contradict each other.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    /// <exception cref="InvalidDataException">The content is no such state, was altered, is of a newer version, or of another detector; the message names the file.</exception>
    /// <exception cref="InvalidOperationException">The detector is not calibrated, or does not tell on how many rows.</exception>
    public static DriftMonitor Load(string path, DetectorTransformer detector, DriftMonitorOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream state = File.OpenRead(path);
        try
        {
            return Load(state, detector, options);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The file '{path}' cannot be read as the state of a drift monitor. {exception.Message}", exception);
        }
    }

    /// <summary>Reads what <see cref="SaveState(Stream)"/> wrote, and goes on with an empty window.</summary>
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

    /// <summary>Writes the <see cref="Status"/> to a file, replacing one that exists. The file appears whole or not at all.</summary>
    /// <param name="path">The path of the file to write.</param>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public void SaveState(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, SaveState);
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
    /// Adds rows that were scored already, by what the detector said of them, which is not computed again. The scores of an ensemble are not tested in a
    /// window with rows that leave them out, nor is the mean in one with rows that leave their embeddings out.
    /// </summary>
    /// <param name="probabilities">Of each row the probability, in [0, 1].</param>
    /// <param name="scoreProbabilities">Row-major, of each row the probability of each score of an ensemble, in [0, 1]; empty to leave them out.</param>
    /// <param name="embeddings">Row-major, of each row the input columns of the detector, side by side; empty to leave them out.</param>
    /// <exception cref="ArgumentException">A probability is not in [0, 1], or there are not as many values as rows have.</exception>
    public void AddScored(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> scoreProbabilities = default, ReadOnlySpan<float> embeddings = default)
    {
        DriftTest.RequireProbabilities(probabilities, nameof(probabilities));
        DriftTest.RequireProbabilities(scoreProbabilities, nameof(scoreProbabilities));
        RequireOfRows(scoreProbabilities.Length, probabilities.Length, _reference.Scores.Length, "probabilities of scores", nameof(scoreProbabilities));
        RequireOfRows(embeddings.Length, probabilities.Length, _width, "values of embeddings", nameof(embeddings));
        if (probabilities.IsEmpty)
        {
            return;
        }

        bool[] nonFinite = new bool[probabilities.Length];
        for (int i = 0; i < nonFinite.Length && !embeddings.IsEmpty; i++)
        {
            nonFinite[i] = !FiniteRows.IsFinite(embeddings.Slice(i * _width, _width));
        }

        Add(new MeasuredRows(embeddings, probabilities, scoreProbabilities, nonFinite));
    }

    /// <summary>Tells between which flagged shares sets of rows lie that are like the calibration rows, as a band for a chart of the flagged share.</summary>
    /// <param name="rows">m, how many rows a set has; 1 or more.</param>
    /// <param name="level">The share of such sets that lie outside, half of them at most on either side; above 0 and below 1.</param>
    /// <returns>
    /// The shares k/m at the quantiles level/2 and 1 − level/2 of the number k of flagged rows, which is beta-binomial as in <see cref="DriftTestKind.FlaggedShare"/>:
    /// with r of n calibration rows at or above the limit, the rate of new rows has the distribution Beta(r + 1, n − r).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public (double Low, double High) ExpectedFlaggedShare(long rows, double level = 0.01)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (!(level is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "The share of sets outside must be above 0 and below 1.");
        }

        (long low, long high) = _reference.Whole.FlaggedBetween(rows, level / 2);
        return ((double)low / rows, (double)high / rows);
    }

    /// <summary>
    /// Takes an alarm that has not ended out of the metric <c>dime.drift.active</c>: for a monitor whose model is replaced, or that another goes on from.
    /// </summary>
    /// <remarks>What is added afterwards is tested as before, and no longer counted there.</remarks>
    public void Dispose() => _instruments.Retire();

    private static void RequireOfRows(int values, int rows, int width, string what, string parameterName)
    {
        if (values != 0 && values != (long)rows * width)
        {
            throw new ArgumentException($"There are {values} {what} for {rows} rows, which have {width} each.", parameterName);
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
