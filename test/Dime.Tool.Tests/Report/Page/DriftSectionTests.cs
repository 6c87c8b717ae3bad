using System.Xml.Linq;
using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Page;

/// <summary>What a report says of today's rows.</summary>
[TestClass]
public sealed class DriftSectionTests
{
    [TestMethod]
    public void Each_test_has_a_row_and_those_that_object_stand_out()
    {
        DriftResult drift = DriftTest.Run(EnsembleReport.Ensemble, Rows(200, shift: 0.6f));
        Assert.IsTrue(drift.IsDrift);

        XElement section = Section(drift)!;

        Assert.AreEqual("Drift of today", section.Element("h2")!.Value);
        Assert.Contains(drift.Verdict, section.Value);
        Assert.AreEqual("badge poor", (string?)section.Descendants("span").First().Attribute("class"));
        XElement[] rows = [.. section.Descendants("tbody").Single().Elements("tr")];
        Assert.AreSequenceEqual(drift.Tests.Select(test => test.ScoreName ?? "the whole"), rows.Select(row => row.Element("th")!.Value));
        Assert.AreSequenceEqual(drift.Tests.Select(test => drift.Objections.Contains(test)), rows.Select(row => row.Descendants("strong").Any()));
        Assert.IsTrue(rows.All(row => row.Elements("td").Count() == 4));
    }

    [TestMethod]
    public void Rows_that_did_not_drift_are_said_to_be_so()
    {
        DriftResult none = DriftTest.Run(EnsembleReport.Ensemble, Rows(20, shift: 0));
        Assert.IsFalse(none.IsDrift, none.Verdict);

        XElement section = Section(none)!;

        Assert.AreEqual("no drift", section.Descendants("span").First().Value);
        Assert.IsEmpty(section.Descendants("strong"));
        Assert.Contains("Only 20 rows", section.Value);
        Assert.Contains("is left out: the mean of 20 rows", section.Value);
    }

    [TestMethod]
    public void Without_rows_of_today_there_is_no_such_section() => Assert.IsNull(Section(null));

    private static XElement? Section(DriftResult? drift)
    {
        ReportFigures figures = EnsembleReport.Of(EnsembleReport.Ensemble, EnsembleReport.Inside()) with { Current = drift is null ? null : new CurrentSet("today", drift) };
        var page = XElement.Parse(GeneratedReport.Html(figures)["<!DOCTYPE html>".Length..]);
        return page.Descendants("section").SingleOrDefault(section => (string?)section.Attribute("aria-labelledby") == "drift");
    }

    private static float[] Rows(int count, float shift) => [.. EnsembleReport.Rows(count, seed: 9).Select(value => value + shift)];
}
