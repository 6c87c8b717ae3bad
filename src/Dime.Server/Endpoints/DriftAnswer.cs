using Dime.MLNet;

namespace Dime.Server.Endpoints;

/// <summary>What was seen of drift.</summary>
/// <param name="IsAlarm">Whether the rows drift.</param>
/// <param name="AlarmSince">Since when.</param>
/// <param name="Verdict">What the last window said, in words.</param>
/// <param name="PValue">Its p-value.</param>
/// <param name="TestedAt">When it was tested.</param>
/// <param name="WindowRows">How many rows are tested together.</param>
/// <param name="OpenRows">How many rows the next window has.</param>
/// <param name="Windows">How many windows were tested.</param>
/// <param name="DriftedWindows">How many of them drifted.</param>
/// <param name="Alarms">How many alarms there were.</param>
/// <param name="Rows">How many rows were in the windows.</param>
internal sealed record DriftAnswer(
    bool IsAlarm,
    DateTimeOffset? AlarmSince,
    string? Verdict,
    double? PValue,
    DateTimeOffset? TestedAt,
    int WindowRows,
    int OpenRows,
    long Windows,
    long DriftedWindows,
    long Alarms,
    long Rows)
{
    public static DriftAnswer Of(DriftMonitor monitor, int windowRows)
    {
        DriftMonitorStatus status = monitor.Status;
        return new DriftAnswer(
            status.IsAlarm,
            status.AlarmSince,
            status.LastVerdict,
            status.LastPValue,
            status.LastTestedAt,
            windowRows,
            monitor.OpenRowCount,
            status.WindowCount,
            status.DriftedWindowCount,
            status.AlarmCount,
            status.RowCount);
    }
}
