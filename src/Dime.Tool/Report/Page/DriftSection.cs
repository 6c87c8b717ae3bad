using System.Xml.Linq;
using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Report.Page;

/// <summary>Whether today's rows together differ from the calibration rows, and in what.</summary>
internal static class DriftSection
{
    private static readonly string[] _headings = ["score", "what is compared", "value", "expected", "p-value"];

    /// <summary>The section; null where no rows of today are given.</summary>
    public static XElement? Create(ReportFigures figures)
    {
        if (figures.Current is not { Drift: { } drift } current)
        {
            return null;
        }

        return new XElement(
            "section",
            new XAttribute("aria-labelledby", "drift"),
            new XElement("h2", new XAttribute("id", "drift"), $"Drift of {NumberText.Shortened(current.Name)}"),
            new XElement(
                "p",
                new XElement("span", new XAttribute("class", drift.IsDrift ? "badge poor" : "badge good"), drift.IsDrift ? "drift" : "no drift"),
                $" {drift.Verdict}"),
            drift.Warnings.Select(warning => new XElement("p", new XAttribute("class", "subject"), warning)),
            new XElement(
                "div",
                new XAttribute("class", "scroll"),
                new XAttribute("tabindex", "0"),
                new XAttribute("role", "region"),
                new XAttribute("aria-labelledby", "drift-caption"),
                new XElement(
                    "table",
                    new XElement(
                        "caption",
                        new XAttribute("id", "drift-caption"),
                        new XElement("span", $"Tests of {NumberText.Rows(drift.RowCount)} against {NumberText.Rows(drift.CalibrationRowCount)} of the calibration. Drift is a p-value below {DriftText.PValue(drift.Level / drift.Tests.Count(test => test.PValue is not null))} in any of them.")),
                    new XElement("thead", new XElement("tr", _headings.Select(Heading))),
                    new XElement("tbody", drift.Tests.Select(test => Row(test, drift))))),
            LeftOut(drift));
    }

    private static XElement Row(DriftTestResult test, DriftResult drift) => new(
        "tr",
        new XElement("th", new XAttribute("scope", "row"), NumberText.Shortened(DriftText.SubjectOf(test))),
        new XElement("td", DriftText.NameOf(test.Kind)),
        new XElement("td", DriftText.Statistic(test)),
        new XElement("td", DriftText.Expected(test)),
        new XElement("td", drift.Objections.Contains(test) ? new XElement("strong", DriftText.PValue(test.PValue)) : DriftText.PValue(test.PValue)));

    private static IEnumerable<XElement> LeftOut(DriftResult drift) =>
        from test in drift.Tests
        where test.WhyLeftOut is not null
        select new XElement(
            "p",
            new XAttribute("class", "subject"),
            $"The {DriftText.NameOf(test.Kind)} of {NumberText.Shortened(DriftText.SubjectOf(test))} is left out: {test.WhyLeftOut}.");

    private static XElement Heading(string text) => new("th", new XAttribute("scope", "col"), text);
}
