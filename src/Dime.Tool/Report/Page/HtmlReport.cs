using System.Reflection;
using System.Xml;
using System.Xml.Linq;
using Dime.Tool.Report.Figures;
using Dime.Tool.Report.Plots;

namespace Dime.Tool.Report.Page;

/// <summary>The report as one HTML page that needs nothing else.</summary>
internal static class HtmlReport
{
    private static readonly XmlWriterSettings _fragment = new()
    {
        OmitXmlDeclaration = true,
        ConformanceLevel = ConformanceLevel.Fragment,
        CloseOutput = false,

        // Names of files and rows may hold what XML forbids and HTML can show as a replacement.
        CheckCharacters = false,
    };

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter writer, ReportFigures figures)
    {
        XElement[] page = [Head(figures.Content.Title), Body(figures)];

        writer.Write("<!DOCTYPE html>\n<html lang=\"en\">\n");
        using (var xml = XmlWriter.Create(writer, _fragment))
        {
            foreach (XElement part in page)
            {
                part.WriteTo(xml);
                xml.WriteWhitespace("\n");
            }
        }

        writer.Write("</html>\n");
    }

    private static XElement Head(string title) => new(
        "head",
        new XElement("meta", new XAttribute("charset", "utf-8")),
        new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
        new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
        new XElement("title", title),
        new XElement("style", StyleSheet()));

    private static XElement Body(ReportFigures figures)
    {
        PlotFigure?[] plots = [HistogramPlot.Create(figures), RocPlot.Create(figures), CalibrationPlot.Create(figures), VariancePlot.Create(figures)];
        return new XElement(
            "body",
            new XElement(
                "main",
                Headline.Create(figures),
                new XElement(
                    "section",
                    new XAttribute("aria-labelledby", "figures"),
                    new XElement("h2", new XAttribute("id", "figures"), "Figures"),
                    FiguresTable.Create(figures)),
                DriftSection.Create(figures),
                ScoresSection.Create(figures),
                new XElement(
                    "section",
                    new XAttribute("aria-labelledby", "plots"),
                    new XElement("h2", new XAttribute("id", "plots"), "Plots"),
                    new XElement("div", new XAttribute("class", "plots"), plots.OfType<PlotFigure>().Select(plot => plot.ToHtml())),
                    PlotsLeftOut(figures)),
                OutlyingSection.Create(figures)),
            Glossary.Create(figures));
    }

    private static XElement? PlotsLeftOut(ReportFigures figures) => figures.Content.Model.Ensemble is null ? null : new XElement(
        "p",
        new XAttribute("class", "subject"),
        "How much variance a hyperplane explains is not shown: an ensemble has no hyperplane of its own.");

    private static string StyleSheet()
    {
        using Stream css = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")
            ?? throw new InvalidOperationException("The tool was built without its style sheet.");
        using var reader = new StreamReader(css);
        return "\n" + reader.ReadToEnd();
    }
}
