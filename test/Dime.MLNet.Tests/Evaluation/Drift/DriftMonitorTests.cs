using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Evaluation.Drift;

[TestClass]
public sealed class DriftMonitorTests : IDisposable
{
    private const int WindowRows = 40;

    private static readonly Lazy<DimeTransformer> _detector = new(() => Fit(seed: 1));
    private static readonly Lazy<EnsembleTransformer> _ensemble = new(FitEnsemble);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-drift-");

    private static DimeTransformer Detector => _detector.Value;

    private static DriftMonitorOptions Options { get; } = new() { WindowRows = WindowRows, FalseAlarmsPerMillionRows = 25, CleanWindowsToEnd = 3 };

    public void Dispose() => _folder.Delete(recursive: true);

    [TestMethod]
    public void Alarm_begins_with_a_window_that_drifted_and_ends_after_clean_ones()
    {
        var monitor = new DriftMonitor(Detector, Options);
        List<string> events = Record(monitor);

        Add(monitor, "..x.xx..x...x");

        Assert.AreEqual("1, 2, raised 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, ended 12, 12, raised 13, 13", string.Join(", ", events));
        DriftMonitorStatus status = monitor.Status;
        Assert.AreEqual((13L, 13L * WindowRows, 5L, 2L, true, 0), (status.WindowCount, status.RowCount, status.DriftedWindowCount, status.AlarmCount, status.IsAlarm, status.CleanWindowCount));
        Assert.StartsWith("Drift in 40 rows", status.LastVerdict!);
    }

    [TestMethod]
    public void Windows_have_their_rows_however_these_come()
    {
        float[] rows = Embeddings.Flatten(Embeddings.Create(5 * WindowRows, seed: 7));
        var whole = new DriftMonitor(Detector, Options);
        var byOne = new DriftMonitor(Detector, Options);
        var byThirteen = new DriftMonitor(Detector, Options);
        List<double> expected = PValues(whole), ones = PValues(byOne), thirteens = PValues(byThirteen);

        whole.Add(rows);
        Array.ForEach([.. rows.Chunk(Embeddings.Dimension)], row => byOne.Add(row));
        Array.ForEach([.. rows.Chunk(13 * Embeddings.Dimension)], block => byThirteen.Add(block));

        Assert.HasCount(5, expected);
        CollectionAssert.AreEqual(expected, ones);
        CollectionAssert.AreEqual(expected, thirteens);
        DriftResult first = DriftTest.Run(Detector.Embedding, rows.AsSpan(0, WindowRows * Embeddings.Dimension));
        Assert.AreEqual(first.PValue, expected[0]);
        Assert.AreEqual(0, whole.OpenRowCount);

        static List<double> PValues(DriftMonitor monitor)
        {
            List<double> values = [];
            monitor.WindowTested += (_, e) => values.Add(e.Result.PValue);
            return values;
        }
    }

    [TestMethod]
    public async Task Threads_lose_no_row_and_events_come_in_order()
    {
        const int threads = 8, rowsEach = 2_005;
        var monitor = new DriftMonitor(Detector, Options);
        List<long> windows = [];
        int inside = 0;
        monitor.WindowTested += (_, e) =>
        {
            Assert.AreEqual(1, Interlocked.Increment(ref inside));
            Assert.AreEqual(WindowRows, e.Result.RowCount);
            windows.Add(e.Status.WindowCount);
            Interlocked.Decrement(ref inside);
        };

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            float[] rows = Embeddings.Flatten(Embeddings.Create(rowsEach, seed: thread));
            foreach (float[] block in rows.Chunk(((thread % 3) + 1) * Embeddings.Dimension))
            {
                monitor.Add(block);
            }
        })));

        Assert.AreEqual((long)threads * rowsEach, monitor.Status.RowCount + monitor.OpenRowCount);
        CollectionAssert.AreEqual(Enumerable.Range(1, windows.Count).Select(i => (long)i).ToArray(), windows);
        Assert.HasCount(threads * rowsEach / WindowRows, windows);
    }

    [TestMethod]
    public void Handler_may_use_the_monitor_and_may_throw()
    {
        var monitor = new DriftMonitor(Detector, Options);
        List<string> events = Record(monitor);
        bool added = false;
        monitor.AlarmRaised += (_, _) => throw new InvalidOperationException("mine");
        monitor.WindowTested += (_, e) =>
        {
            // On another thread, which a lock that is held would keep out.
            Assert.IsGreaterThanOrEqualTo(e.Status.WindowCount, Task.Run(() => monitor.Status).Result.WindowCount);
            if (!added)
            {
                added = true;
                Add(monitor, ".");
            }
        };

        InvalidOperationException thrown = Assert.ThrowsExactly<InvalidOperationException>(() => Add(monitor, "x"));
        CollectionAssert.AreEqual(new[] { "raised 1", "1" }, events);
        Add(monitor, ".");

        Assert.AreEqual("mine", thrown.Message);
        CollectionAssert.AreEqual(new[] { "raised 1", "1", "2", "3" }, events);
    }

    [TestMethod]
    public void Restart_loses_the_open_window_alone()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var options = new DriftMonitorOptions { WindowRows = WindowRows, FalseAlarmsPerMillionRows = 25, TimeProvider = clock };
        var monitor = new DriftMonitor(Detector, options);
        Add(monitor, ".x.");
        monitor.Add(Embeddings.Flatten(Embeddings.Create(WindowRows - 1, seed: 3)));

        DriftMonitor restored = Load(SaveState(monitor), options: options);

        Assert.AreEqual(monitor.Status, restored.Status);
        Assert.AreEqual((clock.GetUtcNow(), 1), (restored.Status.AlarmSince, restored.Status.CleanWindowCount));
        Assert.AreEqual((WindowRows - 1, 0), (monitor.OpenRowCount, restored.OpenRowCount));
        List<string> events = Record(restored);
        Add(restored, "..");
        CollectionAssert.AreEqual(new[] { "4", "ended 5", "5" }, events);
    }

    [TestMethod]
    [DataRow("\"version\": 1", "\"version\": 2", "reads versions up to 1")]
    [DataRow("\"version\": 1", "\"version\": 0", "format is not named")]
    [DataRow("dime-drift-monitor", "something", "format is not named")]
    [DataRow("\"windowCount\": 3", "\"windowCount\": -3", "numbers of windows and rows")]
    [DataRow("\"rowCount\": 120", "\"rowCount\": 2", "numbers of windows and rows")]
    [DataRow("\"driftedWindowCount\": 1", "\"driftedWindowCount\": 9", "windows that drifted")]
    [DataRow("\"alarmCount\": 1", "\"alarmCount\": 2", "number of alarms")]
    [DataRow("\"alarmCount\": 1", "\"alarmCount\": 0", "number of alarms")]
    [DataRow("\"cleanWindowCount\": 1", "\"cleanWindowCount\": -1", "windows without drift")]
    [DataRow("\"cleanWindowCount\": 1", "\"cleanWindowCount\": 3", "windows without drift")]
    [DataRow("\"cleanWindowCount\": 0", "\"cleanWindowCount\": 1", "windows without drift", ".")]
    [DataRow("\"lastPValue\":", "\"other\":", "last window is missing")]
    [DataRow("\"lastPValue\": ", "\"lastPValue\": 1", "p-value")]
    [DataRow("\"status\":", "\"other\":", "status is missing")]
    [DataRow("\"model\": \"", "\"model\": \"0", "another model")]
    [DataRow("{", "[", "not the state")]
    [DataRow("\"windowCount\": 3", "\"windowCount\": 3.5", "not the state")]
    public void State_that_no_monitor_has_is_refused(string text, string replacement, string reason, string windows = ".x.")
    {
        var monitor = new DriftMonitor(Detector, Options);
        Add(monitor, windows);
        string json = SaveState(monitor);
        Assert.Contains(text, json);

        InvalidDataException refused = Assert.ThrowsExactly<InvalidDataException>(
            () => Load(json.Replace(text, replacement, StringComparison.Ordinal)));

        Assert.Contains(reason, refused.Message);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("..")]
    [DataRow("xx")]
    [DataRow("x.")]
    [DataRow("x...")]
    public void State_of_any_windows_is_read_again(string windows)
    {
        var monitor = new DriftMonitor(Detector, Options);
        Add(monitor, windows);

        Assert.AreEqual(monitor.Status, Load(SaveState(monitor)).Status);
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("1")]
    public void P_value_at_its_limits_is_read_again(string value)
    {
        var monitor = new DriftMonitor(Detector, Options);
        Add(monitor, ".");

        string json = Regex.Replace(SaveState(monitor), "(\"lastPValue\": )[^,]+", $"${{1}}{value}");

        Assert.AreEqual(double.Parse(value, CultureInfo.InvariantCulture), Load(json).Status.LastPValue);
    }

    [TestMethod]
    public void State_names_the_calibration_as_documented()
    {
        // docs/file-formats.md: rows, bits of the percentiles, names of the scores, each with a 0 behind it.
        EnsembleTransformer detector = _ensemble.Value;
        IEnumerable<string> texts = [
            $"{detector.Ensemble.CalibrationRowCount}",
            .. detector.Ensemble.StatisticPercentiles.ToArray().Select(percentile => $"{BitConverter.SingleToUInt32Bits(percentile):x8}"),
            .. detector.Ensemble.Scores.Select(score => score.Name),
        ];
        string expected = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + '\0')))));

        Assert.Contains($"\"model\": \"{expected}\"", SaveState(new DriftMonitor(detector, Options)));
    }

    [TestMethod]
    public void Rows_of_an_ensemble_are_tested_in_windows_with_all_their_scores()
    {
        EnsembleTransformer detector = _ensemble.Value;
        float[] rows = Embeddings.Flatten(Embeddings.Create((3 * WindowRows) + 5, seed: 7));
        List<DriftResult> added = Results(monitor => monitor.Add(rows));
        List<DriftResult> scored = Results(monitor => monitor.AddScored(detector.Ensemble.Probability(rows), detector.Ensemble.ScoreProbabilities(rows), rows));

        Assert.HasCount(3, added);
        Assert.HasCount(3, scored);
        for (int i = 0; i < added.Count; i++)
        {
            DriftTestResult[] expected = [.. DriftTest.Run(detector.Ensemble, rows.AsSpan(i * WindowRows * Embeddings.Dimension, WindowRows * Embeddings.Dimension)).Tests];
            CollectionAssert.AreEqual(expected, added[i].Tests.ToArray());
            CollectionAssert.AreEqual(expected, scored[i].Tests.ToArray());
        }

        List<DriftResult> Results(Action<DriftMonitor> add)
        {
            List<DriftResult> results = [];
            var monitor = new DriftMonitor(detector, Options);
            monitor.WindowTested += (_, e) => results.Add(e.Result);
            add(monitor);
            return results;
        }
    }

    [TestMethod]
    public void State_of_another_model_is_refused()
    {
        string state = SaveState(new DriftMonitor(Detector, Options));

        Assert.Contains("another model", Assert.ThrowsExactly<InvalidDataException>(() => Load(state, Fit(seed: 2))).Message);
    }

    [TestMethod]
    public void Scored_rows_are_tested_but_for_their_mean()
    {
        float[] rows = Embeddings.Flatten(Embeddings.Create(WindowRows, seed: 7));
        var monitor = new DriftMonitor(Detector, Options);
        DriftResult? result = null;
        monitor.WindowTested += (_, e) => result = e.Result;

        monitor.AddScored(Detector.Embedding.ProbabilityOfDistanceToHyperplane(rows));

        CollectionAssert.AreEqual(DriftTest.Run(Detector.Embedding, rows).Tests.Take(2).ToArray(), result!.Tests.ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => monitor.AddScored([0.5f, float.NaN]));
        Assert.ThrowsExactly<ArgumentException>(() => monitor.AddScored([0.5f], [0.5f]));
        Assert.ThrowsExactly<ArgumentException>(() => monitor.Add(new float[Embeddings.Dimension + 1]));
        Assert.AreEqual(0, monitor.OpenRowCount);
    }

    [TestMethod]
    public void Scored_rows_with_their_embeddings_are_tested_as_those_that_are_measured()
    {
        float[] rows = Embeddings.Flatten(Embeddings.Create(WindowRows, seed: 7));
        rows[5] = float.NaN;
        var monitor = new DriftMonitor(Detector, Options);
        DriftResult? result = null;
        monitor.WindowTested += (_, e) => result = e.Result;

        monitor.AddScored(Detector.Embedding.ProbabilityOfDistanceToHyperplane(rows), embeddings: rows);

        DriftResult measured = DriftTest.Run(Detector.Embedding, rows);
        CollectionAssert.AreEqual(measured.Tests.ToArray(), result!.Tests.ToArray());
        Assert.Contains(test => test is { Kind: DriftTestKind.Mean, PValue: not null }, result.Tests);
        Assert.AreEqual((1L, 1L), (measured.NonFiniteRowCount, result.NonFiniteRowCount));
        Assert.Contains("values of embeddings for 1 rows", Assert.ThrowsExactly<ArgumentException>(() => monitor.AddScored([0.5f], embeddings: rows)).Message);
    }

    [TestMethod]
    public void State_in_a_file_is_whole_and_is_read_again()
    {
        string file = Path.Combine(_folder.FullName, "state.json");
        File.WriteAllText(file, "{\"of\": \"another program\"}");
        Assert.Contains(file, Assert.ThrowsExactly<InvalidDataException>(() => DriftMonitor.Load(file, Detector, Options)).Message);
        var monitor = new DriftMonitor(Detector, Options);
        Add(monitor, ".x.");

        monitor.SaveState(file);

        Assert.AreEqual(monitor.Status, DriftMonitor.Load(file, Detector, Options).Status);
        Assert.HasCount(1, _folder.GetFiles());
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => monitor.SaveState(Path.Combine(_folder.FullName, "none", "state.json")));
    }

    [TestMethod]
    public void Expected_share_of_flagged_rows_counts_calibration_rows_that_are_alike()
    {
        var monitor = new DriftMonitor(Detector, Options);
        DriftTestResult flagged = DriftTest.Run(Detector.Embedding, Embeddings.Flatten(Embeddings.Create(WindowRows, seed: 7))).Tests[0];

        (double low, double high) = monitor.ExpectedFlaggedShare(100_000, 0.001);

        Assert.IsTrue(low < flagged.Expected && flagged.Expected < high);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => monitor.ExpectedFlaggedShare(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => monitor.ExpectedFlaggedShare(10, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => monitor.ExpectedFlaggedShare(10, double.NaN));
    }

    [TestMethod]
    public void Alarms_are_no_more_than_was_asked_for()
    {
        // 1250 per million are 5 % of windows of 40 rows.
        var monitor = new DriftMonitor(Detector, new DriftMonitorOptions { WindowRows = WindowRows, FalseAlarmsPerMillionRows = 1250, CleanWindowsToEnd = 1 });
        Add(monitor, new string('.', 600));

        Assert.IsLessThan(600 * 0.05 * 1.6, monitor.Status.DriftedWindowCount);
        Assert.IsGreaterThan(0, monitor.Status.DriftedWindowCount);
    }

    [TestMethod]
    public void Options_that_cannot_be_are_refused()
    {
        Assert.Contains("choose less than 2000", Assert.ThrowsExactly<ArgumentException>(
            () => new DriftMonitor(Detector, new DriftMonitorOptions { FalseAlarmsPerMillionRows = 2000 })).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftMonitorOptions { WindowRows = 29 });
        Assert.Contains("above 0 and finite", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftMonitorOptions { FalseAlarmsPerMillionRows = 0 }).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftMonitorOptions { FalseAlarmsPerMillionRows = double.PositiveInfinity });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftMonitorOptions { OutlierProbability = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DriftMonitorOptions { CleanWindowsToEnd = 0 });
    }

    /// <summary>A window for each character: of rows like the calibration rows, or of others.</summary>
    private static void Add(DriftMonitor monitor, string windows)
    {
        for (int i = 0; i < windows.Length; i++)
        {
            float shift = windows[i] == 'x' ? 3 : 0;
            monitor.Add([.. Embeddings.Flatten(Embeddings.Create(WindowRows, seed: 2000 + i)).Select(value => value + shift)]);
        }
    }

    private static List<string> Record(DriftMonitor monitor)
    {
        List<string> events = [];
        monitor.AlarmRaised += (_, e) => events.Add($"raised {e.Status.WindowCount}");
        monitor.AlarmEnded += (_, e) => events.Add($"ended {e.Status.WindowCount}");
        monitor.WindowTested += (_, e) => events.Add($"{e.Status.WindowCount}");
        return events;
    }

    private static string SaveState(DriftMonitor monitor)
    {
        using var state = new MemoryStream();
        monitor.SaveState(state);
        return Encoding.UTF8.GetString(state.ToArray());
    }

    private static DriftMonitor Load(string state, DetectorTransformer? detector = null, DriftMonitorOptions? options = null) =>
        DriftMonitor.Load(new MemoryStream(Encoding.UTF8.GetBytes(state)), detector ?? Detector, options ?? Options);

    private static EnsembleTransformer FitEnsemble()
    {
        var mlContext = new MLContext(seed: 1);
        var options = new EnsembleOptions
        {
            Scores = [OutOfDistributionScore.Mahalanobis("Features"), OutOfDistributionScore.Hyperplane("Features", rank: 2)],
            Calibration = Calibration.HeldOut(0.5),
        };
        return mlContext.Transforms.DetectOutOfDistribution(options).Fit(mlContext.Data.LoadFromEnumerable(Embeddings.Create(2000)));
    }

    private static DimeTransformer Fit(int seed)
    {
        var mlContext = new MLContext(seed: 1);
        return mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 2, Calibration = Calibration.HeldOut(0.5) })
            .Fit(mlContext.Data.LoadFromEnumerable(Embeddings.Create(2000, seed)));
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
