using System.Globalization;
using System.Xml.Linq;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Page;

/// <summary>What a report on an ensemble says, and leaves out.</summary>
[TestClass]
public sealed class EnsembleReportTests
{
    [TestMethod]
    public void A_table_says_which_score_finds_what()
    {
        ScoredSet inside = EnsembleReport.Inside();
        ScoredSet far = EnsembleReport.Outside("far"), near = EnsembleReport.Outside("near", shift: -0.5f);

        XElement page = Page(EnsembleReport.Of(EnsembleReport.Ensemble, inside, far, near));

        XElement table = page.Descendants("section").Single(section => (string?)section.Attribute("aria-labelledby") == "scores").Descendants("table").Single();
        Assert.AreSequenceEqual(["score", "weight", "far", "near"], table.Descendants("thead").Single().Descendants("th").Select(cell => cell.Value));
        XElement[] rows = [.. table.Descendants("tbody").Single().Elements("tr")];
        Assert.AreSequenceEqual(["Mahalanobis(values)", "FeatureNorm(values)", "all together"], rows.Select(row => row.Element("th")!.Value));
        Assert.AreSequenceEqual(["0.5", "1", ""], rows.Select(row => row.Elements("td").First().Value));
        foreach ((ScoredSet set, int column) in new[] { (far, 1), (near, 2) })
        {
            float[][] insides = [.. inside.ScoreProbabilities, inside.Distances];
            float[][] outsides = [.. set.ScoreProbabilities, set.Distances];
            for (int i = 0; i < rows.Length; i++)
            {
                // By its definition, pair by pair.
                double area = insides[i].SelectMany(_ => outsides[i], (one, two) => two > one ? 1 : two == one ? 0.5 : 0).Average();
                Assert.AreEqual(area, double.Parse(rows[i].Elements("td").ElementAt(column).Value.TrimStart('<', '>', ' '), CultureInfo.InvariantCulture), 1e-3);
            }
        }
    }

    [TestMethod]
    public void What_only_a_hyperplane_has_is_left_out_in_words()
    {
        XElement page = Page(EnsembleReport.Of(EnsembleReport.Ensemble, EnsembleReport.Inside(), EnsembleReport.Outside()));

        Assert.AreSequenceEqual(
            ["distances", "roc", "calibration"], page.Descendants("svg").Where(svg => (string?)svg.Attribute("class") == "plot").Select(svg => (string)svg.Attribute("id")!));
        Assert.Contains("an ensemble has no hyperplane of its own", page.Value);
        Assert.Contains("An ensemble of 2 scores, calibrated on 1\u202f000 rows.", page.Value);
        Assert.Contains("/early, /late and logits", page.Descendants("p").First(p => (string?)p.Attribute("class") == "subject").Value);
        string[] terms = [.. page.Descendants("dt").Select(term => term.Value)];
        Assert.DoesNotContain("rank", terms);
        Assert.Contains("scores", terms);
    }

    [TestMethod]
    public void Without_a_set_to_compare_with_there_is_no_such_table()
    {
        Assert.DoesNotContain("Which score finds what", Page(EnsembleReport.Of(EnsembleReport.Ensemble, EnsembleReport.Outside())).Value);
        Assert.DoesNotContain("Which score finds what", Page(GeneratedReport.Of(GeneratedReport.Inside(), GeneratedReport.Outside())).Value);
    }

    private static XElement Page(ReportFigures figures) => XElement.Parse(GeneratedReport.Html(figures)["<!DOCTYPE html>".Length..]);
}
