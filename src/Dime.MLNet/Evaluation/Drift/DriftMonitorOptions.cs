using System.Globalization;

namespace Dime.MLNet;

/// <summary>How a monitor of drift watches rows.</summary>
public sealed class DriftMonitorOptions
{
    private readonly int _windowRows = 500;
    private readonly double _falseAlarmsPerMillionRows = 10;
    private readonly int _cleanWindowsToEnd = 3;
    private readonly double? _outlierProbability;

    /// <summary>m, how many rows are tested together; 30 or more, 500 unless set. Larger windows see smaller drifts, and see them later.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 30.</exception>
    public int WindowRows
    {
        get => _windowRows;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, Evaluation.Drift.ModelledSpace.FewestRows);
            _windowRows = value;
        }
    }

    /// <summary>
    /// How many alarms a million rows like the calibration rows raise, at most; above 0, 10 unless set. The level of the test of a
    /// window is this times <see cref="WindowRows"/> / 1 000 000, and must be below 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0, or not finite.</exception>
    public double FalseAlarmsPerMillionRows
    {
        get => _falseAlarmsPerMillionRows;
        init => _falseAlarmsPerMillionRows = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The number of false alarms per million rows must be above 0 and finite.");
    }

    /// <summary>After how many windows without drift, one behind the other, an alarm ends; 1 or more, 3 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int CleanWindowsToEnd
    {
        get => _cleanWindowsToEnd;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _cleanWindowsToEnd = value;
        }
    }

    /// <inheritdoc cref="DriftOptions.OutlierProbability"/>
    public double? OutlierProbability
    {
        get => _outlierProbability;
        init => _outlierProbability = new DriftOptions { OutlierProbability = value }.OutlierProbability;
    }

    /// <summary>The clock that alarms are dated by; that of the system unless set.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The level of the test of a window, <see cref="FalseAlarmsPerMillionRows"/> times <see cref="WindowRows"/> / 1 000 000. A monitor takes options with one below 1.</summary>
    public double Level => FalseAlarmsPerMillionRows * WindowRows / 1_000_000;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal void Check(string parameterName)
    {
        if (!(Level < 1))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{FalseAlarmsPerMillionRows} false alarms per million rows are one or more in each window of {WindowRows} rows: choose less than {1_000_000.0 / WindowRows:0.###}, or smaller windows."),
                parameterName);
        }
    }
}
