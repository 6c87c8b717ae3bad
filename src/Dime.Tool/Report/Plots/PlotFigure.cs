using System.Xml.Linq;
using OxyPlot;

namespace Dime.Tool.Report.Plots;

/// <summary>What a line of a plot stands for. The page shows it, not the plot: names may be long, and text wraps there.</summary>
internal sealed record LegendEntry(string Text, OxyColor Colour, LineStyle Line = LineStyle.Solid, bool IsFilled = false);

/// <summary>A plot with its heading, the title of its vertical axis, its legend and its caption.</summary>
internal sealed record PlotFigure(string Title, string VerticalTitle, XElement Svg, IReadOnlyList<LegendEntry> Legend, params IReadOnlyList<string> Caption)
{
    public XElement ToHtml() => new(
        "figure",
        new XElement("h3", Title),
        new XElement("p", new XAttribute("class", "vertical"), VerticalTitle),
        Svg,
        Legend.Count == 0 ? null : new XElement("ul", new XAttribute("class", "legend"), Legend.Select(Entry)),
        new XElement("figcaption", Caption.Select(sentence => new XElement("p", sentence))));

    private static XElement Entry(LegendEntry entry) => new("li", Swatch(entry), new XElement("span", entry.Text));

    private static XElement Swatch(LegendEntry entry)
    {
        string colour = PlotTheme.VariableOf(entry.Colour);
        string dashes = string.Join(' ', entry.Line.GetDashArray()?.Select(length => FormattableString.Invariant($"{2 * length}")) ?? []);
        return new XElement(
            "svg",
            new XAttribute("class", "swatch"),
            new XAttribute("viewBox", "0 0 24 12"),
            new XAttribute("aria-hidden", "true"),
            entry.IsFilled
                ? new XElement("rect", new XAttribute("y", 1), new XAttribute("width", 24), new XAttribute("height", 10), new XAttribute("style", $"fill:{colour};fill-opacity:.45"))
                : new XElement("path", new XAttribute("d", "M0 6H24"), new XAttribute("style", $"stroke:{colour};stroke-width:2.5;stroke-dasharray:{(dashes.Length == 0 ? "none" : dashes)}")));
    }
}
