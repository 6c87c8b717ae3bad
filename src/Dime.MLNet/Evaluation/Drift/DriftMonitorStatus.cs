namespace Dime.MLNet;

/// <summary>What a monitor of drift has seen so far, as of its last whole window. It survives a restart.</summary>
public sealed record DriftMonitorStatus
{
    internal static DriftMonitorStatus None { get; } = new();

    /// <summary>How many windows were tested.</summary>
    public long WindowCount { get; init; }

    /// <summary>How many rows they had.</summary>
    public long RowCount { get; init; }

    /// <summary>In how many of them the rows drifted.</summary>
    public long DriftedWindowCount { get; init; }

    /// <summary>How many alarms were raised.</summary>
    public long AlarmCount { get; init; }

    /// <summary>Since when an alarm lasts; null where there is none.</summary>
    public DateTimeOffset? AlarmSince { get; init; }

    /// <summary>Whether an alarm lasts.</summary>
    public bool IsAlarm => AlarmSince is not null;

    /// <summary>How many windows without drift there were, one behind the other, since an alarm began; 0 where there is none.</summary>
    public int CleanWindowCount { get; init; }

    /// <summary>The p-value of the last window; null before the first.</summary>
    public double? LastPValue { get; init; }

    /// <summary>The verdict on the last window; null before the first.</summary>
    public string? LastVerdict { get; init; }

    /// <summary>When the last window was tested; null before the first.</summary>
    public DateTimeOffset? LastTestedAt { get; init; }

    /// <summary>The status after another window.</summary>
    internal DriftMonitorStatus After(DriftResult result, int cleanWindowsToEnd, DateTimeOffset now)
    {
        int clean = IsAlarm && !result.IsDrift ? CleanWindowCount + 1 : 0;
        bool ends = clean >= cleanWindowsToEnd;
        return this with
        {
            WindowCount = WindowCount + 1,
            RowCount = RowCount + result.RowCount,
            DriftedWindowCount = DriftedWindowCount + (result.IsDrift ? 1 : 0),
            AlarmCount = AlarmCount + (result.IsDrift && !IsAlarm ? 1 : 0),
            AlarmSince = ends ? null : AlarmSince ?? (result.IsDrift ? now : null),
            CleanWindowCount = ends ? 0 : clean,
            LastPValue = result.PValue,
            LastVerdict = result.Verdict,
            LastTestedAt = now,
        };
    }
}

/// <summary>What a monitor of drift found in a window.</summary>
/// <param name="result">The tests of the window.</param>
/// <param name="status">The status after it.</param>
public sealed class DriftEventArgs(DriftResult result, DriftMonitorStatus status) : EventArgs
{
    /// <summary>The tests of the window.</summary>
    public DriftResult Result { get; } = result;

    /// <summary>The status of the monitor after the window.</summary>
    public DriftMonitorStatus Status { get; } = status;
}
