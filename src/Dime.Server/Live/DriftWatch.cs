using Dime.MLNet;
using Dime.Server.Logging;
using Dime.Server.Scoring;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Live;

/// <summary>Watches the rows of the model that is served for drift, and begins anew with each model.</summary>
internal sealed class DriftWatch(DimeMonitoringOptions options, ILogger<DriftWatch> logger) : IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly Clock _clock = new();
    private readonly Lock _lock = new();
    private ServedModel? _model;
    private DriftMonitor? _monitor;

    /// <summary>What is seen of a model's rows; null where it tells nothing that rows could be compared with.</summary>
    public DriftMonitor? Of(ServedModel model)
    {
        lock (_lock)
        {
            if (_model is null || model.Version > _model.Version)
            {
                _model = model;
                _monitor?.Dispose();
                _monitor = CanWatch(model.Model.Detector) ? Begin(model) : null;
            }

            return model == _model ? _monitor : null;
        }
    }

    /// <summary>Adds a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="features">What the detector measured of it; empty where that is not known, and the mean of its window is not tested.</param>
    public void Add(ScoredRow row, ReadOnlySpan<float> features)
    {
        if (row.Score.Probability is { } probability)
        {
            Of(row.Model)?.AddScored([probability], row.Score.ScoreProbabilities, features);
        }
    }

    /// <summary>Goes on with rows that were scored before the server was started and are in no window that was tested.</summary>
    /// <param name="model">The model that scored them.</param>
    /// <param name="rows">The rows, in the order in which they were scored.</param>
    public void Restore(ServedModel model, IEnumerable<ScoredRow> rows)
    {
        DateTimeOffset? tested = Of(model)?.Status.LastTestedAt;
        foreach (ScoredRow row in rows.Where(row => tested is null || row.Time > tested))
        {
            _clock.Then = row.Time;
            Add(row, features: []);
        }

        _clock.Then = null;
    }

    /// <summary>Takes an alarm out of the metrics, with whoever it was raised for.</summary>
    public void Dispose() => _monitor?.Dispose();

    // Models of version 0.1.0 do not tell on how many rows they were calibrated.
    private static bool CanWatch(DetectorTransformer detector) => detector is { IsCalibrated: true, CalibrationRowCount: > 0, ProbabilityColumnName: not null };

    private DriftMonitor Begin(ServedModel model)
    {
        DetectorTransformer detector = model.Model.Detector;
        DriftMonitorOptions settings = options.DriftSettings(_clock);
        DriftMonitor monitor = Restore(detector, settings) ?? new DriftMonitor(detector, settings);
        monitor.AlarmRaised += (_, alarm) => _logger.LogDrift(model.Name, alarm.Result.Verdict);
        monitor.AlarmEnded += (_, _) => _logger.LogDriftEnded(model.Name);
        monitor.WindowTested += (_, _) => Save(monitor);
        return monitor;
    }

    private DriftMonitor? Restore(DetectorTransformer detector, DriftMonitorOptions settings)
    {
        if (options.DriftStateFile is not { } file || !File.Exists(file))
        {
            return null;
        }

        try
        {
            return DriftMonitor.Load(file, detector, settings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _logger.LogDriftUnread(e);
            return null;
        }
    }

    // Never at the cost of an answer.
    private void Save(DriftMonitor monitor)
    {
        if (options.DriftStateFile is not { } file)
        {
            return;
        }

        try
        {
            monitor.SaveState(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogDriftUnsaved(e);
        }
    }

    /// <summary>The time, or while earlier rows are gone through, that of the row.</summary>
    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset? Then { get; set; }

        public override DateTimeOffset GetUtcNow() => Then ?? System.GetUtcNow();
    }
}
