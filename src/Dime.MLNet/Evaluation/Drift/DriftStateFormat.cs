using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dime.MLNet.Modelling;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>The state of a monitor as JSON: its status, and of which model it speaks.</summary>
/// <param name="Format">What it is.</param>
/// <param name="Version">The version of the format.</param>
/// <param name="Model">The hash of the calibration.</param>
/// <param name="Status">The status.</param>
internal sealed record DriftStateFormat(string? Format, int Version, string? Model, DriftMonitorStatus? Status)
{
    private const string FormatName = "dime-drift-monitor";

    private const int NewestVersion = 1;

    private static readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        IgnoreReadOnlyProperties = true,
        WriteIndented = true,
    };

    public static byte[] Write(DriftReference reference, DriftMonitorStatus status) =>
        JsonSerializer.SerializeToUtf8Bytes(new DriftStateFormat(FormatName, NewestVersion, FingerprintOf(reference), status), _options);

    /// <exception cref="InvalidDataException">It is no such state, of a newer version, of another model, or none that a monitor can have.</exception>
    public static DriftMonitorStatus Read(Stream stream, DriftReference reference)
    {
        DriftStateFormat? state;
        try
        {
            state = JsonSerializer.Deserialize<DriftStateFormat>(stream, _options);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"This is not the state of a drift monitor: {exception.Message} Begin with a new monitor.", exception);
        }

        Require(state?.Format == FormatName && state.Version >= 1, "the format is not named");
        if (state!.Version > NewestVersion)
        {
            throw new InvalidDataException(
                $"The state of the drift monitor has version {state.Version}; this Dime.MLNet reads versions up to {NewestVersion}. Update the Dime.MLNet package.");
        }

        if (state.Model != FingerprintOf(reference))
        {
            throw new InvalidDataException(
                "The state of the drift monitor is that of another model, or of another calibration of it: begin with a new monitor, or take the model that the state was saved with.");
        }

        Require(state.Status is not null, "the status is missing");
        Check(state.Status!);
        return state.Status!;
    }

    private static void Check(DriftMonitorStatus status)
    {
        Require(status.WindowCount >= 0 && status.RowCount >= status.WindowCount && PossibleSums.IsCount(status.RowCount), "the numbers of windows and rows do not fit");
        Require(status.DriftedWindowCount >= 0 && status.DriftedWindowCount <= status.WindowCount, "the number of windows that drifted does not fit");
        Require(status.AlarmCount >= (status.IsAlarm ? 1 : 0) && status.AlarmCount <= status.DriftedWindowCount, "the number of alarms does not fit");
        Require(
            status.CleanWindowCount is >= 0 and < int.MaxValue && status.CleanWindowCount <= (status.IsAlarm ? status.WindowCount - status.DriftedWindowCount : 0),
            "the number of windows without drift does not fit");
        bool any = status.WindowCount > 0;
        Require(
            any == status.LastPValue is not null && any == status.LastVerdict is not null && any == status.LastTestedAt is not null,
            "the last window is missing, or there was none");
        Require(status.LastPValue is null or (>= 0 and <= 1), "the p-value is not in [0, 1]");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException($"This is not the state of a drift monitor: {otherwise}. Begin with a new monitor.");
        }
    }

    /// <summary>What tells calibrations apart, on any machine.</summary>
    private static string FingerprintOf(DriftReference reference)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(reference.CalibrationRows.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (float percentile in reference.Distances!.Percentiles)
        {
            Append(BitConverter.SingleToInt32Bits(percentile).ToString("x8", System.Globalization.CultureInfo.InvariantCulture));
        }

        foreach (CalibratedScore score in reference.Scores)
        {
            Append(score.Name!);
        }

        return Convert.ToHexString(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData([.. System.Text.Encoding.UTF8.GetBytes(text), 0]);
    }
}
