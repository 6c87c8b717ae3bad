using System.Globalization;
using System.Xml.Linq;
using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Report.Page;

/// <summary>Which score of an ensemble finds which set: what each tensor is worth.</summary>
internal static class ScoresSection
{
    /// <summary>The section; null where the model does not tell its scores apart, or there is nothing to compare.</summary>
    public static XElement? Create(ReportFigures figures)
    {
        SetFigures[] compared = [.. figures.Sets.Where(set => set.ScoreAreas.Count > 0)];
        if (compared.Length == 0)
        {
            return null;
        }

        IReadOnlyList<OutOfDistributionScore> scores = figures.Content.Model.Ensemble!.Scores;
        return new XElement(
            "section",
            new XAttribute("aria-labelledby", "scores"),
            new XElement("h2", new XAttribute("id", "scores"), "Which score finds what"),
            new XElement(
                "div",
                new XAttribute("class", "scroll"),
                new XAttribute("tabindex", "0"),
                new XAttribute("role", "region"),
                new XAttribute("aria-labelledby", "scores-caption"),
                new XElement(
                    "table",
                    new XElement("caption", new XAttribute("id", "scores-caption"), new XElement("span", $"How well each score alone tells a set from {figures.InDistribution!.Name} (AUROC), and all of them together.")),
                    new XElement("thead", new XElement("tr", Heading("score"), Heading("weight"), compared.Select(set => Heading(set.Name)))),
                    new XElement(
                        "tbody",
                        scores.Select((score, i) => Row(NumberText.Shortened(score.Name), score.Weight.ToString("0.###", CultureInfo.InvariantCulture), compared.Select(set => set.ScoreAreas[i]))),
                        Row("all together", "", compared.Select(set => set.Metrics!.AreaUnderRocCurve))))));
    }

    private static XElement Row(string name, string weight, IEnumerable<double> areas) => new(
        "tr",
        new XElement("th", new XAttribute("scope", "row"), name),
        new XElement("td", weight),
        areas.Select(area => new XElement("td", NumberText.Ratio(area))));

    private static XElement Heading(string text) => new("th", new XAttribute("scope", "col"), text);
}
