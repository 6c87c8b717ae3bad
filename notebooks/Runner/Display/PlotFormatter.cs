using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dime.Notebooks.Documents;
using OxyPlot;

namespace Dime.Notebooks.Display;

/// <summary>Plots as SVG, which stays sharp and needs no fonts where it is made.</summary>
internal static class PlotFormatter
{
    private const int Width = 760;
    private const int Height = 380;

    public static IReadOnlyList<MimeContent> Format(PlotModel plot)
    {
        // A page may be dark, and its reader may not have OxyPlot's default font: colours are chosen for white, fonts by kind.
        plot.Background = plot.Background.IsUndefined() ? OxyColors.White : plot.Background;
        plot.DefaultFont = "Segoe UI, Helvetica, Arial, sans-serif";

        string svg = SvgExporter.ExportToString(plot, Width, Height, isDocument: false, textMeasurer: new UnknownFont());
        return plot.GetLastPlotException() is { } exception
            ? throw new InvalidOperationException($"The plot '{plot.Title}' cannot be drawn: {exception.Message}", exception)
            : [new(MimeContent.Svg, ForPages(svg)), new(MimeContent.PlainText, plot.Title ?? "(a plot)")];
    }

    // Pages hold many plots: no XML declaration, ids that no other plot has, and a size that shrinks with the page.
    private static string ForPages(string svg)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(svg)))[..8];
        string size = string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" style=\"max-width:100%;height:auto\" ");
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..]
            .Replace("<svg ", size, StringComparison.Ordinal)
            .Replace("clipPath id=\"", $"clipPath id=\"p{id}-", StringComparison.Ordinal)
            .Replace("url(#", $"url(#p{id}-", StringComparison.Ordinal)
            .ReplaceLineEndings("\n");
    }
}
