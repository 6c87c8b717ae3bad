using System.Globalization;

namespace Dime.Tool.Report.Figures;

/// <summary>Numbers and names as the report writes them, alike in every culture.</summary>
internal static class NumberText
{
    private const string NarrowSpace = "\u202f";
    private const int LongestName = 80;

    /// <summary>A name; the middle of a very long one is left out, as names that are long differ at their ends.</summary>
    public static string Shortened(string name) => name.Length <= LongestName
        ? name
        : string.Concat(name.AsSpan(0, (LongestName - 1) / 2), "…", name.AsSpan(name.Length - (LongestName / 2)));

    /// <summary>A share as a percentage, never rounded to 0 % or 100 % where it is not.</summary>
    public static string Percent(double share)
    {
        double percent = 100 * share;
        string text = percent switch
        {
            > 0 and < 0.05 => "< 0.1",
            > 99.95 and < 100 => "> 99.9",
            _ => percent.ToString("0.#", CultureInfo.InvariantCulture),
        };
        return text + NarrowSpace + "%";
    }

    public static string Count(long count) =>
        count.ToString("#,0", CultureInfo.InvariantCulture).Replace(",", NarrowSpace, StringComparison.Ordinal);

    public static string Rows(long count) => Count(count) + (count == 1 ? " row" : " rows");

    /// <summary>A distance with four significant digits.</summary>
    public static string Distance(double distance) => distance switch
    {
        double.PositiveInfinity => "∞",
        double.NaN => "–",
        0 => "0",
        >= 1e4 and < 1e7 => Count((long)Math.Round(distance)),
        >= 1e-4 and < 1e4 => distance.ToString($"F{3 - (int)Math.Floor(Math.Log10(distance))}", CultureInfo.InvariantCulture),
        _ => distance.ToString("G4", CultureInfo.InvariantCulture),
    };

    /// <summary>A metric or a probability with three decimals.</summary>
    public static string Ratio(double value) => value switch
    {
        > 0.9995 and < 1 => "> 0.999",
        > 0 and < 0.0005 => "< 0.001",
        _ => value.ToString("F3", CultureInfo.InvariantCulture),
    };
}
