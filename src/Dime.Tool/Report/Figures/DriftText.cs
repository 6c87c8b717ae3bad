using System.Globalization;
using Dime.MLNet;

namespace Dime.Tool.Report.Figures;

/// <summary>Tests for drift in words and numbers, alike in every culture, for reports and tables.</summary>
internal static class DriftText
{
    public static string SubjectOf(DriftTestResult test) => test.ScoreName ?? "the whole";

    public static string NameOf(DriftTestKind kind) => kind switch
    {
        DriftTestKind.FlaggedShare => "flagged share",
        DriftTestKind.Distribution => "probabilities (D)",
        _ => "mean embedding (T²)",
    };

    public static string Statistic(DriftTestResult test) => test.PValue is null ? "–" : Value(test.Kind, test.Statistic);

    public static string Expected(DriftTestResult test) => (test.PValue, test.Kind) switch
    {
        (null, _) => "–",
        (_, DriftTestKind.Distribution) => "near 0",
        _ => Value(test.Kind, test.Expected),
    };

    public static string PValue(double? value) => value switch
    {
        null => "–",
        0 => "0",
        < 0.001 => value.Value.ToString("0.0e-0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private static string Value(DriftTestKind kind, double value) => kind switch
    {
        DriftTestKind.FlaggedShare => NumberText.Percent(value),
        DriftTestKind.Distribution => NumberText.Ratio(value),
        _ => value.ToString("0.0", CultureInfo.InvariantCulture),
    };
}
