using System.Globalization;

namespace Dime.MLNet.Benchmarks.Report;

/// <summary>Writes quantities with three digits and a fitting unit.</summary>
internal static class Figures
{
    public static string Time(double seconds) => seconds switch
    {
        >= 1 => Digits(seconds, "s"),
        >= 1e-3 => Digits(seconds * 1e3, "ms"),
        >= 1e-6 => Digits(seconds * 1e6, "µs"),
        _ => Digits(seconds * 1e9, "ns"),
    };

    public static string Bytes(double bytes) => bytes switch
    {
        >= 1e6 => Digits(bytes / 1e6, "MB"),
        >= 1e3 => Digits(bytes / 1e3, "KB"),
        _ => Invariant($"{bytes:F0} B"),
    };

    public static string Times(double ratio) => Digits(ratio, "×").Replace(" ×", "×", StringComparison.Ordinal);

    public static string Percent(double share) => Invariant($"{100 * share:F1} %");

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Digits(double value, string unit) => Math.Abs(value) switch
    {
        >= 100 => Invariant($"{value:F0} {unit}"),
        >= 10 => Invariant($"{value:F1} {unit}"),
        _ => Invariant($"{value:F2} {unit}"),
    };
}
