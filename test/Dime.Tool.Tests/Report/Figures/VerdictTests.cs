using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Figures;

[TestClass]
public sealed class VerdictTests
{
    [TestMethod]
    [DataRow(50, nameof(Grade.Good), "false alarms as expected")]
    [DataRow(37, nameof(Grade.Good), "false alarms as expected")]
    [DataRow(63, nameof(Grade.Good), "false alarms as expected")]
    [DataRow(36, nameof(Grade.Fair), "fewer false alarms than meant")]
    [DataRow(64, nameof(Grade.Fair), "more false alarms than meant")]
    [DataRow(300, nameof(Grade.Poor), "more false alarms than meant")]
    public void False_alarms_are_judged_by_what_chance_allows(int flagged, string grade, string badge)
    {
        // Of 1000 rows 50 are expected, give or take 1.96·√(1000·0.05·0.95) = 13.5.
        ScoredSet inside = GeneratedReport.Inside(rows: 1000) with { FlaggedCount = flagged };

        Verdict verdict = Of(GeneratedReport.Of(inside), "inside");

        Assert.AreEqual(grade, verdict.Grade.ToString());
        Assert.AreEqual(badge, verdict.Badge);
        StringAssert.Contains(verdict.Sentence, "5\u202f% expected", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(100, nameof(Grade.Good), "perfectly (AUROC 1.000)")]
    [DataRow(99, nameof(Grade.Good), "almost perfectly (AUROC 0.990)")]
    [DataRow(96, nameof(Grade.Good), "very well (AUROC 0.960)")]
    [DataRow(90, nameof(Grade.Good), "well (AUROC 0.900)")]
    [DataRow(80, nameof(Grade.Fair), "many are not (AUROC 0.800)")]
    [DataRow(60, nameof(Grade.Poor), "Most rows look like inside (AUROC 0.600)")]
    [DataRow(50, nameof(Grade.Poor), "No better than chance")]
    [DataRow(20, nameof(Grade.Poor), "nearer than those of inside")]
    public void Sets_are_judged_by_the_area_under_the_curve(int above, string grade, string words)
    {
        // One in-distribution row at distance 1: the area is the share of rows beyond it.
        ScoredSet inside = GeneratedReport.Set("inside", SetRole.InDistribution, 1);
        ScoredSet outside = GeneratedReport.Set("outside", SetRole.OutOfDistribution, [.. Enumerable.Range(0, 100).Select(i => i < above ? 2f : 0.5f)]);

        Verdict verdict = Of(GeneratedReport.Of(inside, outside), "outside");

        Assert.AreEqual(grade, verdict.Grade.ToString());
        StringAssert.Contains(verdict.Sentence, words, StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(10, nameof(Grade.Good))]
    [DataRow(6, nameof(Grade.Fair))]
    [DataRow(1, nameof(Grade.Poor))]
    public void Sets_without_comparison_are_judged_by_the_share_flagged(int flagged, string grade)
    {
        ScoredSet outside = GeneratedReport.Outside(rows: 10) with { FlaggedCount = flagged };

        Assert.AreEqual(grade, Of(GeneratedReport.Of(outside), "outside").Grade.ToString());
    }

    [TestMethod]
    public void Summary_says_what_is_recognised_and_what_is_not()
    {
        ScoredSet inside = GeneratedReport.Inside(rows: 1000) with { FlaggedCount = 46 };
        ReportFigures figures = GeneratedReport.Of(inside, GeneratedReport.Outside("far"), GeneratedReport.Outside("alike", noise: 0.1), GeneratedReport.Outside("farther", noise: 2));

        StringAssert.Contains(
            GeneratedReport.Html(figures),
            "The detector recognises far and farther. It does not recognise alike. It flags 4.6\u202f% of the in-distribution rows by mistake, where 5\u202f% are expected.",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void Summary_counts_sets_that_are_too_many_to_name()
    {
        ReportFigures figures = GeneratedReport.Of([GeneratedReport.Inside(), .. Enumerable.Range(1, 6).Select(i => GeneratedReport.Outside($"far{i}", noise: 2))]);

        StringAssert.Contains(GeneratedReport.Html(figures), "The detector recognises far1, far2, far3 and 3 more sets.", StringComparison.Ordinal);
    }

    private static Verdict Of(ReportFigures figures, string name) => Verdict.Of(figures.Sets.Single(set => set.Name == name), figures);
}
