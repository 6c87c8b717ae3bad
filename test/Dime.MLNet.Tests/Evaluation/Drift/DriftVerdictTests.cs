using Dime.MLNet.Evaluation.Drift;

namespace Dime.MLNet.Tests.Evaluation.Drift;

/// <summary>What tests for drift say in words, letter by letter.</summary>
[TestClass]
public sealed class DriftVerdictTests
{
    private static readonly DriftTestResult _whole = new(DriftTestKind.FlaggedShare, null, 0.0625, 0.05, 0.3);

    [TestMethod]
    public void Rows_like_the_calibration_rows() => Assert.AreEqual(
        "No drift in 16 rows (p = 0.3): 6.3% of them are flagged, where about 5% are expected.",
        Result(new DriftCounts(16, 1, 0, 500, 0.95), _whole).Verdict);

    [TestMethod]
    public void One_row_and_values_that_are_not_finite() => Assert.AreEqual(
        "No drift in 1 row (p = 0.3): 6.3% of them are flagged, where about 5% are expected. 1 of them have values that are not finite: check the network and its input.",
        Result(new DriftCounts(1, 1, 1, 500, 0.95), _whole).Verdict);

    [TestMethod]
    public void Objections_come_strongest_first_and_no_more_than_three_of_them()
    {
        DriftResult result = Result(
            new DriftCounts(100, 50, 0, 500, 0.95),
            new DriftTestResult(DriftTestKind.FlaggedShare, null, 0.5, 0.05, 1e-4),
            new DriftTestResult(DriftTestKind.Distribution, "Energy(logits)", 0.12345, 0, 0),
            new DriftTestResult(DriftTestKind.Mean, "Mahalanobis(a)", 123.46, 64, 0.0012),
            new DriftTestResult(DriftTestKind.Mean, "Mahalanobis(b)", 12, 64, 0.0015),
            new DriftTestResult(DriftTestKind.Mean, "Mahalanobis(c)", 12, 64, 0.9),
            new DriftTestResult(DriftTestKind.Mean, "Mahalanobis(d)", double.NaN, double.NaN, null, "it is left out"));

        Assert.AreEqual(
            "Drift in 100 rows (p = 0): 50% of them are flagged, where about 5% are expected. What differs: "
            + "by Energy(logits), the probabilities are not spread evenly (D = 0.123, p = 0); 50% of the rows are flagged instead of 5% (p = 1e-4); "
            + "by Mahalanobis(a), the mean embedding has moved (T² = 123.5 instead of about 64, p = 0.001); and 1 more.",
            result.Verdict);
        Assert.AreSequenceEqual(["Energy(logits)", "Mahalanobis(a)", "Mahalanobis(b)"], result.DriftedScoreNames);
        Assert.HasCount(4, result.Objections);
        Assert.AreEqual(result.Verdict, result.ToString());
    }

    [TestMethod]
    public void Three_objections_are_all_named()
    {
        DriftResult result = Result(
            new DriftCounts(100, 50, 0, 500, 0.95),
            new DriftTestResult(DriftTestKind.FlaggedShare, null, 0.5, 0.05, 1e-4),
            new DriftTestResult(DriftTestKind.Distribution, null, 0.5, 0, 2.5e-7),
            new DriftTestResult(DriftTestKind.Mean, null, 12, 64, 0.001));

        Assert.EndsWith("50% of the rows are flagged instead of 5% (p = 1e-4); the mean embedding has moved (T² = 12 instead of about 64, p = 0.001).", result.Verdict);
        Assert.Contains("(p = 7.5e-7)", result.Verdict);
    }

    // Bonferroni: each of those that are used is compared with its share of the level, which itself is no alarm.
    [TestMethod]
    public void Level_is_shared_by_the_tests_that_are_used()
    {
        DriftTestResult left = new(DriftTestKind.Mean, null, double.NaN, double.NaN, null, "it is left out");
        DriftTestResult other = new(DriftTestKind.Distribution, null, 0.1, 0, 0.4);

        Assert.IsFalse(Result(new DriftCounts(100, 50, 0, 500, 0.95), new DriftTestResult(DriftTestKind.FlaggedShare, null, 0.5, 0.05, 0.005), other, left).IsDrift);
        DriftResult drift = Result(new DriftCounts(100, 50, 0, 500, 0.95), new DriftTestResult(DriftTestKind.FlaggedShare, null, 0.5, 0.05, Math.BitDecrement(0.005)), other, left);
        Assert.IsTrue(drift.IsDrift);
        Assert.AreEqual(0.01, drift.PValue, 1e-12);
        Assert.AreEqual(1, Result(new DriftCounts(100, 50, 0, 500, 0.95), new DriftTestResult(DriftTestKind.FlaggedShare, null, 0.5, 0.05, 0.9), other with { }, new DriftTestResult(DriftTestKind.Mean, null, 1, 1, 0.8)).PValue);
    }

    [TestMethod]
    public void Alarms_end_after_so_many_windows_without_drift()
    {
        DriftResult calm = Result(new DriftCounts(10, 1, 0, 500, 0.95), _whole);
        DriftResult drift = Result(new DriftCounts(20, 20, 0, 500, 0.95), new DriftTestResult(DriftTestKind.FlaggedShare, null, 1, 0.05, 1e-9));
        DateTimeOffset[] times = [.. Enumerable.Range(0, 6).Select(i => DateTimeOffset.UnixEpoch.AddHours(i))];

        DriftMonitorStatus before = new DriftMonitorStatus().After(calm, 2, times[0]);
        DriftMonitorStatus alarm = before.After(drift, 2, times[1]);
        DriftMonitorStatus first = alarm.After(calm, 2, times[2]);
        DriftMonitorStatus again = first.After(drift, 2, times[3]);
        DriftMonitorStatus ended = first.After(calm, 2, times[4]);

        Assert.IsFalse(before.IsAlarm);
        Assert.AreEqual(0, before.CleanWindowCount);
        Assert.AreEqual((times[1], 1L, 0), (alarm.AlarmSince, alarm.AlarmCount, alarm.CleanWindowCount));
        Assert.AreEqual((times[1], 1L, 1), (first.AlarmSince, first.AlarmCount, first.CleanWindowCount));
        Assert.AreEqual((times[1], 1L, 0), (again.AlarmSince, again.AlarmCount, again.CleanWindowCount));
        Assert.AreEqual((null, 1L, 0), (ended.AlarmSince, ended.AlarmCount, ended.CleanWindowCount));
        Assert.AreEqual((4L, 50L, 1L), (ended.WindowCount, ended.RowCount, ended.DriftedWindowCount));
        Assert.AreEqual((calm.Verdict, calm.PValue, times[4]), (ended.LastVerdict, ended.LastPValue, ended.LastTestedAt));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1.0)]
    [DataRow(double.NaN)]
    [DataRow(-0.5)]
    public void Levels_are_between_0_and_1(double level) =>
        Assert.Contains("between 0 and 1, both excluded", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftOptions { Level = level }).Message);

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1.0000001)]
    [DataRow(double.NaN)]
    public void Outlier_probabilities_are_above_0_and_at_most_1(double probability)
    {
        Assert.Contains("must be in (0, 1]", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftOptions { OutlierProbability = probability }).Message);
        Assert.AreEqual(1, new DriftOptions { OutlierProbability = 1 }.OutlierProbability);
        Assert.AreEqual(1e-9, new DriftOptions { Level = 1e-9 }.Level);
        Assert.IsNull(new DriftOptions { OutlierProbability = null }.OutlierProbability);
    }

    private static DriftResult Result(DriftCounts counts, params DriftTestResult[] tests) => new(counts, 0.01, tests, []);
}
