using System.Xml.Linq;
using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Report.Page;

/// <summary>The figures of all sets.</summary>
internal static class FiguresTable
{
    private static readonly (string Heading, string Title, Func<OutOfDistributionMetrics, double> Value)[] _metrics =
    [
        ("AUROC", "area under the ROC curve", m => m.AreaUnderRocCurve),
        ("AUPR-out", "area under the precision-recall curve, out of distribution positive", m => m.AreaUnderPrecisionRecallCurveOutOfDistribution),
        ("AUPR-in", "area under the precision-recall curve, in distribution positive", m => m.AreaUnderPrecisionRecallCurveInDistribution),
        ("FPR95", "share of the set's rows accepted where 95 % of in-distribution rows are", m => m.FalsePositiveRateAt95TruePositiveRate),
        ("detection error", "smallest mean of both error rates over all limits", m => m.DetectionError),
    ];

    public static XElement Create(ReportFigures figures)
    {
        bool hasNotFinite = figures.Sets.Any(set => set.NotFiniteCount > 0);
        bool hasMetrics = figures.Sets.Any(set => set.Metrics is not null);
        string[] headings = ["rows", .. hasNotFinite ? ["not finite"] : Array.Empty<string>(), "mean distance", "median distance", "flagged"];
        return new XElement(
            "div",
            new XAttribute("class", "scroll"),
            new XAttribute("tabindex", "0"),
            new XAttribute("role", "region"),
            new XAttribute("aria-labelledby", "figures-caption"),
            new XElement(
                "table",
                new XElement("caption", new XAttribute("id", "figures-caption"), new XElement("span", Caption(figures, hasMetrics, hasNotFinite))),
                new XElement(
                    "thead",
                    new XElement(
                        "tr",
                        Heading("set", null),
                        headings.Select(heading => Heading(heading, null)),
                        hasMetrics ? _metrics.Select(metric => Heading(metric.Heading, metric.Title)) : null)),
                new XElement("tbody", figures.Sets.Select(set => Row(set, figures, hasNotFinite, hasMetrics)))));
    }

    private static string Caption(ReportFigures figures, bool hasMetrics, bool hasNotFinite) =>
        (hasMetrics ? $"Each set, and how well its distances tell it from {figures.InDistribution!.Name}." : "Each set.")
            + (hasNotFinite ? " Rows with a value that is not finite are infinitely far away; the mean leaves them out." : "");

    private static XElement Row(SetFigures set, ReportFigures figures, bool hasNotFinite, bool hasMetrics) => new(
        "tr",
        new XElement("th", new XAttribute("scope", "row"), set.Name),
        Cell(NumberText.Count(set.RowCount)),
        hasNotFinite ? Cell(NumberText.Count(set.NotFiniteCount)) : null,
        Cell(NumberText.Distance(set.MeanDistance)),
        Cell(NumberText.Distance(set.MedianDistance)),
        Cell(set.FlaggedShare is { } flagged ? NumberText.Percent(flagged) : "–"),
        hasMetrics ? _metrics.Select(metric => Cell(set.Metrics is { } metrics ? NumberText.Ratio(metric.Value(metrics)) : "–")) : null);

    private static XElement Heading(string text, string? title) =>
        new("th", new XAttribute("scope", "col"), title is null ? null : new XAttribute("title", title), text);

    private static XElement Cell(string text) => new("td", text);
}
