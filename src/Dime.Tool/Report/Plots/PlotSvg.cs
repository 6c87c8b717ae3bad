using System.Xml.Linq;
using OxyPlot;

namespace Dime.Tool.Report.Plots;

/// <summary>A plot as an SVG element to stand in a page.</summary>
internal static class PlotSvg
{
    public const double Width = 440;
    public const double Height = 290;

    /// <param name="plot">The plot, in the colours of <see cref="PlotTheme"/>.</param>
    /// <param name="id">A name that no other plot of the page has.</param>
    /// <param name="label">What the plot shows, for those who cannot see it.</param>
    public static XElement Render(PlotModel plot, string id, string label)
    {
        var exporter = new SvgExporter { Width = Width, Height = Height, IsDocument = false };
        var svg = XElement.Parse(exporter.ExportToString(plot));
        foreach (XElement element in svg.DescendantsAndSelf())
        {
            // HTML knows the namespace by itself, and the font is the page's.
            element.Name = element.Name.LocalName;
            element.Attributes().Where(a => a.IsNamespaceDeclaration || a.Name == "font-family").Remove();
            foreach (XAttribute attribute in element.Attributes())
            {
                // Plots number their clip paths alike, and a page has one space of names.
                attribute.Value = PlotTheme.WithVariables(attribute.Value).Replace("clipPath", id + "-clip", StringComparison.Ordinal);
            }
        }

        svg.ReplaceAttributes(
            new XAttribute("class", "plot"),
            new XAttribute("id", id),
            new XAttribute("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", label));
        return svg;
    }
}
