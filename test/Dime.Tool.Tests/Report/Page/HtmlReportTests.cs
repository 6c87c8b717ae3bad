using System.Globalization;
using System.Xml.Linq;
using Dime.MLNet;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Page;

[TestClass]
public sealed class HtmlReportTests
{
    [TestMethod]
    public void Page_is_well_formed_and_asks_for_nothing_else()
    {
        string html = GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Inside(), GeneratedReport.Outside()));
        XElement page = Parse(html);

        StringAssert.StartsWith(html, "<!DOCTYPE html>", StringComparison.Ordinal);
        Assert.AreEqual("en", (string?)page.Attribute("lang"));
        Assert.DoesNotContain("http", html);
        Assert.DoesNotContain("@import", html);
        Assert.DoesNotContain("url(", html.Replace("url(#", "", StringComparison.Ordinal));
        Assert.IsEmpty(page.Descendants("link").Concat(page.Descendants("script")));
        Assert.HasCount(1, page.Descendants("h1").ToList());
    }

    [TestMethod]
    public void Names_are_unique_and_references_lead_somewhere()
    {
        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Inside(), GeneratedReport.Outside())));
        List<string> ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];

        CollectionAssert.AllItemsAreUnique(ids);
        string[] references =
        [
            .. page.Descendants().Attributes("clip-path").Select(path => path.Value["url(#".Length..^1]),
            .. page.Descendants().Attributes("aria-labelledby").Select(label => label.Value),
        ];
        Assert.IsNotEmpty(references);
        Assert.IsEmpty(references.Except(ids));
    }

    [TestMethod]
    public void Plots_are_described_and_take_every_colour_from_the_style_sheet()
    {
        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of([GeneratedReport.Inside(), .. Enumerable.Range(0, 30).Select(i => GeneratedReport.Outside($"set {i}"))])));
        List<XElement> plots = [.. page.Descendants("svg").Where(svg => (string?)svg.Attribute("class") == "plot")];
        string style = page.Descendants("style").Single().Value;

        Assert.HasCount(4, plots);
        foreach (XElement plot in plots)
        {
            Assert.AreEqual("img", (string?)plot.Attribute("role"));
            Assert.IsGreaterThan(20, ((string)plot.Attribute("aria-label")!).Length);
        }

        foreach (string value in page.Descendants("svg").DescendantsAndSelf().Attributes().Select(attribute => attribute.Value))
        {
            Assert.DoesNotContain("rgb(", value);
            Assert.DoesNotContain("black", value);
            foreach (string variable in value.Split("var(").Skip(1).Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)]))
            {
                // Once for light pages, once for dark ones.
                Assert.HasCount(3, style.Split(variable + ":"));
            }
        }
    }

    [TestMethod]
    public void Table_holds_the_figures_of_the_metrics()
    {
        ScoredSet inside = GeneratedReport.Inside();
        ScoredSet outside = GeneratedReport.Outside(noise: 0.15);
        var metrics = OutOfDistributionMetrics.Compute(inside.Distances, outside.Distances);

        Dictionary<string, string> row = Row(Parse(GeneratedReport.Html(GeneratedReport.Of(inside, outside))), "outside");

        Assert.AreEqual("300", row["rows"]);
        Assert.AreEqual(outside.Distances.Average(d => (double)d), Number(row["mean distance"]), 1e-4);
        Assert.AreEqual(outside.Distances.Order().Skip(149).Take(2).Average(), Number(row["median distance"]), 1e-4);
        Assert.AreEqual(100 * outside.FlaggedCount!.Value / 300.0, Number(row["flagged"][..^1]), 0.0501);
        Assert.AreEqual(metrics.AreaUnderRocCurve, Number(row["AUROC"]), 5.01e-4);
        Assert.AreEqual(metrics.AreaUnderPrecisionRecallCurveOutOfDistribution, Number(row["AUPR-out"]), 5.01e-4);
        Assert.AreEqual(metrics.AreaUnderPrecisionRecallCurveInDistribution, Number(row["AUPR-in"]), 5.01e-4);
        Assert.AreEqual(metrics.FalsePositiveRateAt95TruePositiveRate, Number(row["FPR95"]), 5.01e-4);
        Assert.AreEqual(metrics.DetectionError, Number(row["detection error"]), 5.01e-4);
    }

    [TestMethod]
    public void Rows_that_are_not_finite_are_counted_apart()
    {
        ScoredSet outside = GeneratedReport.Set("broken", SetRole.OutOfDistribution, 1, 3, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity);

        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Inside(), outside)));
        Dictionary<string, string> row = Row(page, "broken");

        Assert.AreEqual("3", row["not finite"]);
        Assert.AreEqual("2.000", row["mean distance"]);
        Assert.AreEqual("∞", row["median distance"]);
        StringAssert.Contains(page.Value, "broken: 3 rows infinitely far away.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Names_are_escaped_wherever_they_stand()
    {
        const string Name = "<script>alert('&amp;\"')</script>\u0001";
        ScoredSet inside = GeneratedReport.Inside(Name);
        ReportFigures figures = GeneratedReport.Of(inside, GeneratedReport.Outside());

        string html = GeneratedReport.Html(figures with { Content = figures.Content with { Title = Name, NetworkFile = Name, TensorNames = [Name] } });

        Assert.DoesNotContain("<script", html);
        StringAssert.Contains(html, "&lt;script&gt;alert('&amp;amp;\"')&lt;/script&gt;&#x1;", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Numbers_do_not_depend_on_the_culture()
    {
        ReportFigures figures = GeneratedReport.Of(GeneratedReport.Inside(), GeneratedReport.Outside());
        string expected = GeneratedReport.Html(figures);
        CultureInfo previous = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Assert.AreEqual(expected, GeneratedReport.Html(figures));
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

    [TestMethod]
    public void Report_without_an_in_distribution_set_compares_nothing()
    {
        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Outside())));

        CollectionAssert.AreEqual(new[] { "distances", "calibration", "variance" }, PlotNames(page));
        Assert.IsFalse(Row(page, "outside").ContainsKey("AUROC"));
    }

    [TestMethod]
    public void Detector_without_calibration_has_no_limit_and_no_shares()
    {
        ScoredSet inside = GeneratedReport.Inside() with { Probabilities = [], FlaggedCount = null };
        ScoredSet outside = GeneratedReport.Outside() with { Probabilities = [], FlaggedCount = null };

        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Uncalibrated, inside, outside)));

        CollectionAssert.AreEqual(new[] { "distances", "roc", "variance" }, PlotNames(page));
        Assert.AreEqual("–", Row(page, "outside")["flagged"]);
        StringAssert.Contains(page.Value, "not calibrated", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("/help me", "hello 1")]
    [DataRow("/a/b", "c")]
    [DataRow("\\x", "y")]
    public void Rows_whose_names_begin_with_a_slash_are_shown_as_they_are(string first, string second)
    {
        ScoredSet outside = GeneratedReport.Outside() with { MostOutlying = [new OutlyingRow(first, null, 2, 1), new OutlyingRow(second, null, 1, 1)] };

        string html = GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Inside(), outside));

        Assert.Contains($">{first}<", html);
        Assert.Contains($">{second}<", html);
    }

    [TestMethod]
    public void A_million_rows_make_a_page_of_a_few_hundred_kilobytes()
    {
        var random = new Random(5);
        ScoredSet Million(string name, SetRole role, double scale)
        {
            float[] distances = [.. Enumerable.Range(0, 1_000_000).Select(_ => (float)(scale * random.NextDouble()))];
            return new ScoredSet(name, role, distances, distances, 0, [new OutlyingRow("row 0", null, 1, 1)], []);
        }

        string html = GeneratedReport.Html(GeneratedReport.Of(Million("inside", SetRole.InDistribution, 0.7), Million("outside", SetRole.OutOfDistribution, 0.9)));

        Assert.IsLessThan(200_000, html.Length);
    }

    [TestMethod]
    public void Plots_show_the_sets_that_are_hardest_to_tell_apart_where_there_are_many()
    {
        // The later a set, the more it looks like the one in distribution.
        ScoredSet[] sets = [.. Enumerable.Range(0, 100).Select(i => GeneratedReport.Outside($"set {i:D2}", rows: 50, noise: 0.5 - (0.004 * i)))];

        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of([GeneratedReport.Inside(), .. sets])));

        foreach (XElement legend in page.Descendants("ul").Where(list => (string?)list.Attribute("class") == "legend"))
        {
            string[] shown = [.. legend.Elements("li").Select(entry => entry.Value.Split(':')[0]).Where(text => text.StartsWith("set ", StringComparison.Ordinal))];
            if (shown.Length > 0)
            {
                Assert.AreSequenceEqual(Enumerable.Range(90, 10).Select(i => $"set {i:D2}"), shown);
                string[] looks = [.. legend.Elements("li").Select(entry => entry.Element("svg")!.Elements().Single().Attribute("style")!.Value)];
                Assert.HasCount(looks.Length, looks.Distinct().ToArray());
                StringAssert.Contains(legend.Parent!.Value, "90 further sets", StringComparison.Ordinal);
            }
        }

        Assert.HasCount(101, page.Descendants("tbody").First().Elements("tr").ToArray());
    }

    [TestMethod]
    public void Very_long_names_are_shortened_in_their_middle_and_kept_as_titles()
    {
        string name = "first " + new string('x', 3000) + " last";

        XElement page = Parse(GeneratedReport.Html(GeneratedReport.Of(GeneratedReport.Inside(), GeneratedReport.Outside(name))));

        XElement card = page.Descendants("h2").Single(heading => heading.Value.StartsWith("first ", StringComparison.Ordinal));
        Assert.AreEqual(80, card.Value.Length);
        Assert.EndsWith(" last", card.Value);
        Assert.AreEqual(name, (string?)card.Attribute("title"));
        Assert.IsFalse(page.DescendantNodes().OfType<XText>().Any(text => text.Value.Contains(new string('x', 80), StringComparison.Ordinal)));
    }

    private static XElement Parse(string html) => XElement.Parse(html["<!DOCTYPE html>".Length..]);

    private static string[] PlotNames(XElement page) =>
        [.. page.Descendants("svg").Where(svg => (string?)svg.Attribute("class") == "plot").Select(svg => (string)svg.Attribute("id")!)];

    private static Dictionary<string, string> Row(XElement page, string set)
    {
        XElement table = page.Descendants("table").First();
        IEnumerable<string> headings = table.Descendants("thead").Single().Descendants("th").Select(cell => cell.Value);
        XElement row = table.Descendants("tbody").Single().Elements("tr").Single(tr => tr.Element("th")!.Value == set);
        return headings.Zip(row.Elements()).ToDictionary(pair => pair.First, pair => pair.Second.Value);
    }

    private static double Number(string text) => double.Parse(text.Trim('\u202f', ' '), CultureInfo.InvariantCulture);
}
