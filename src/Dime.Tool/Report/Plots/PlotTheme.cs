using System.Globalization;
using System.Text.RegularExpressions;
using OxyPlot;

namespace Dime.Tool.Report.Plots;

/// <summary>
/// The colours of plots. They are drawn in stand-ins, which become variables of the style sheet, because a light and a dark
/// page need different ones.
/// </summary>
internal static partial class PlotTheme
{
    /// <summary>How many sets have a colour of their own; further ones repeat them with other dashes.</summary>
    public const int SetColourCount = 6;

    private const byte Mark = 254;
    private static readonly string[] _variables =
        ["text", "axis", "grid", "neutral", "limit", .. Enumerable.Range(0, SetColourCount).Select(i => string.Create(CultureInfo.InvariantCulture, $"set-{i}"))];

    private static readonly LineStyle[] _dashes = [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot, LineStyle.DashDot];

    public static OxyColor Text => StandIn(0);

    public static OxyColor Axis => StandIn(1);

    public static OxyColor Grid => StandIn(2);

    public static OxyColor Neutral => StandIn(3);

    public static OxyColor Limit => StandIn(4);

    /// <summary>The colour of a set; slot 0 is kept for the in-distribution set, and a set without a slot is in no plot.</summary>
    public static OxyColor Set(int? slot) => slot is { } number ? StandIn(5 + ColourOf(number)) : Neutral;

    public static LineStyle Line(int? slot) => slot is not > 0 ? LineStyle.Solid : _dashes[(slot.Value - 1) / (SetColourCount - 1) % _dashes.Length];

    /// <summary>The variable of the style sheet that takes a colour's place.</summary>
    public static string VariableOf(OxyColor standIn) => Variable(standIn.B);

    /// <summary>Puts the style sheet's variables where stand-ins are.</summary>
    public static string WithVariables(string style) => StandInPattern().Replace(style, match => Variable(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));

    private static int ColourOf(int slot) => slot == 0 ? 0 : 1 + ((slot - 1) % (SetColourCount - 1));

    private static OxyColor StandIn(int index) => OxyColor.FromRgb(Mark, 1, (byte)index);

    private static string Variable(int index) => $"var(--{_variables[index]})";

    [GeneratedRegex(@"rgb\(254,1,(\d+)\)")]
    private static partial Regex StandInPattern();
}
