using System.Globalization;
using System.Text.Json;
using Dime.MLNet;
using Dime.Server.Errors;
using Dime.Server.History;
using Dime.Server.Live;
using Dime.Server.Scoring;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Server.Tests.History;

/// <summary>The history in both databases; PostgreSQL's tests are skipped where the machine has none.</summary>
[TestClass]
public sealed class HistoryTests : IDisposable
{
    private static PostgresServer? _postgres;

    private readonly TemporaryFolder _folder = new();

    [ClassInitialize]
    public static void Start(TestContext context) => _postgres = PostgresServer.TryStart();

    [ClassCleanup]
    public static void Stop() => _postgres?.Dispose();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task Each_scored_row_is_kept(string kind)
    {
        string history = await NewAsync(kind);
        JsonElement[] answers;
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Ensemble, options => (options.History, options.RowsPerRequest) = (history, 1000)))
        {
            answers = (await server.ScoreAsync([.. TestModels.Rows(700, seed: 1), [1, float.NaN, 3, 4, 5, 6]])).Rows();
        }

        List<object[]> rows = await HistoryTables.ReadAsync(history, "SELECT row_id, distance, probability, is_flagged, top_score, score_probabilities, model, model_version, thumbnail FROM dime_rows ORDER BY number");
        Assert.HasCount(answers.Length, rows);

        // Batches are taken down in the order in which they are done.
        var byId = rows.ToDictionary(row => (string)row[0]);
        foreach ((JsonElement answer, object[] row) in answers.Select(answer => (answer, byId[answer.GetProperty("id").GetString()!])))
        {
            Assert.AreEqual(answer.GetProperty("id").GetString(), row[0]);
            Assert.AreEqual((double)answer.Number("distance"), Convert.ToDouble(row[1], CultureInfo.InvariantCulture));
            Assert.AreEqual((double)answer.Number("probability"), Convert.ToDouble(row[2], CultureInfo.InvariantCulture));
            Assert.AreEqual(answer.GetProperty("isOutOfDistribution").GetBoolean(), Convert.ToBoolean(row[3], CultureInfo.InvariantCulture));
            Assert.AreEqual(answer.GetProperty("topScore").GetString(), row[4]);
            Assert.AreEqual(answer.GetProperty("scoreProbabilities").GetRawText(), row[5]);
            Assert.AreEqual("ensemble.zip", row[6]);
            Assert.AreEqual(1, Convert.ToInt32(row[7], CultureInfo.InvariantCulture));
            Assert.AreEqual(DBNull.Value, row[8]);
        }
    }

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task A_flagged_image_has_a_copy(string kind)
    {
        string history = await NewAsync(kind);
        byte[] noise = EncodedImages.Kinds["colors.png"]();
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Images, options => options.History = history))
        {
            using HttpResponseMessage response = await server.Client.PostAsync("v1/score?id=odd", new ByteArrayContent(noise));
            Assert.IsTrue((await RunningServer.ReadAsync(response)).Rows()[0].GetProperty("isOutOfDistribution").GetBoolean());
        }

        object[] row = (await HistoryTables.ReadAsync(history, "SELECT thumbnail, thumbnail_type FROM dime_rows WHERE row_id = 'odd'")).Single();
        using var copy = SkiaSharp.SKBitmap.Decode((byte[])row[0]);
        using var sent = SkiaSharp.SKBitmap.Decode(noise);
        Assert.AreEqual("image/png", row[1]);
        CollectionAssert.AreEqual(sent.Pixels, copy.Pixels);
    }

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task Rows_and_copies_beyond_their_number_and_age_go(string kind)
    {
        string history = await NewAsync(kind);
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        ServedModel model = server.Service<ModelHost>().Current!;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var options = new DimeMonitoringOptions { HistoryRetention = TimeSpan.FromDays(10), HistoryRows = 12, HistoryThumbnails = 3 };
        await using (var store = new HistoryStore(HistoryDatabase.Of(history), options))
        {
            var copy = new Server.Images.Thumbnail([1, 2, 3], "image/png", IsTiny: true);
            HistoryRow[] rows = [.. Enumerable.Range(0, 30).Select(i => new HistoryRow(
                new ScoredRow(now.AddDays(i - 29), model, new Server.Models.RowInput($"{i}"), new Server.Models.RowScore($"{i}", 1, 1, true, null, null)), i % 2 == 0 ? copy : null))];
            await store.WriteAsync(rows, CancellationToken.None);
            await store.RetainAsync(now.AddSeconds(1), CancellationToken.None);
            Assert.AreEqual("20 22 24 26 28", string.Join(' ', (await HistoryTables.ReadAsync(history, "SELECT row_id FROM dime_rows WHERE number % 2 = 1 ORDER BY number")).Select(row => row[0])));
            Assert.AreEqual("24 26 28", string.Join(' ', (await HistoryTables.ReadAsync(history, "SELECT row_id FROM dime_rows WHERE thumbnail IS NOT NULL ORDER BY number")).Select(row => row[0])));

            options.HistoryRetention = TimeSpan.FromDays(400);
            await store.WriteAsync(rows[..10], CancellationToken.None);
            await store.RetainAsync(now, CancellationToken.None);
        }

        Assert.AreEqual("28 29 0 1 2 3 4 5 6 7 8 9", string.Join(' ', (await HistoryTables.ReadAsync(history, "SELECT row_id FROM dime_rows ORDER BY number")).Select(row => row[0])));
    }

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task A_history_is_gone_on_with_and_one_of_a_later_version_is_not_touched(string kind)
    {
        string history = await NewAsync(kind);
        for (int run = 0; run < 2; run++)
        {
            await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.History = history);
            await server.ScoreAsync(TestModels.Rows(5, seed: 1));
        }

        Assert.HasCount(10, await HistoryTables.ReadAsync(history, "SELECT number FROM dime_rows"));
        await HistoryTables.ReadAsync(history, "UPDATE dime_schema SET version = 3");
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.History = history))
        {
            await server.ScoreAsync(TestModels.Rows(5, seed: 1));
            await server.StopAsync();
            Assert.AreEqual(5, server.Service<ServerMeter>().LostRows);
        }

        Assert.HasCount(10, await HistoryTables.ReadAsync(history, "SELECT number FROM dime_rows"));
    }

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task Tables_of_the_first_version_are_brought_up_to_date(string kind)
    {
        string history = await NewAsync(kind);
        await ScoreAsync(history, TestModels.Dime, TestModels.Rows(5, seed: 1));
        await HistoryTables.ReadAsync(history, "ALTER TABLE dime_rows DROP COLUMN model_hash");
        await HistoryTables.ReadAsync(history, "UPDATE dime_schema SET version = 1");

        await ScoreAsync(history, TestModels.Dime, TestModels.Rows(3, seed: 1));

        Assert.AreEqual("5 of 8", string.Join(" of ", (await HistoryTables.ReadAsync(history, "SELECT SUM(CASE WHEN model_hash IS NULL THEN 1 ELSE 0 END), COUNT(*) FROM dime_rows")).Single()));
        Assert.AreEqual(2, Convert.ToInt32((await HistoryTables.ReadAsync(history, "SELECT version FROM dime_schema")).Single().Single(), CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task A_server_that_is_started_again_shows_what_was_before(string kind)
    {
        string history = await NewAsync(kind);
        float[][] usual = TestModels.UsualRows(90, seed: 1);
        float[][] odd = [.. TestModels.Rows(150, seed: 2), [1, float.NaN, 3, 4, 5, 6]];
        FigureSnapshot before;
        DriftMonitorStatus status;
        string[] flagged;
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Ensemble, options => (options.History, options.DriftWindowRows) = (history, 50)))
        {
            await server.ScoreAsync(usual);
            await server.ScoreAsync(odd);
            ServedModel model = server.Service<ModelHost>().Current!;
            await server.StopAsync();
            before = server.Service<LiveFigures>().Take(band: null);
            flagged = [.. server.Service<LiveFigures>().FlaggedAfter(0).Select(row => row.Id)];
            status = server.Service<DriftWatch>().Of(model)!.Status;
        }

        await using RunningServer again = await RunningServer.StartAsync(TestModels.Ensemble, options => (options.History, options.DriftWindowRows) = (history, 50));
        FigureSnapshot after = again.Service<LiveFigures>().Take(band: null);
        DriftMonitor monitor = again.Service<DriftWatch>().Of(again.Service<ModelHost>().Current!)!;

        Assert.AreEqual((241L, before.Window.Flagged, 0L), (after.Window.Rows, after.Window.Flagged, after.Rows));
        CollectionAssert.AreEqual(before.Series.ToArray(), after.Series.ToArray());
        CollectionAssert.AreEqual(before.Histogram, after.Histogram);
        Assert.HasCount(LiveFigures.MostFlagged, flagged);
        CollectionAssert.AreEqual(flagged, again.Service<LiveFigures>().FlaggedAfter(0).Select(row => row.Id).ToArray());
        Assert.AreEqual((4L, 41), (monitor.Status.WindowCount, monitor.OpenRowCount));
        Assert.IsTrue(monitor.Status.IsAlarm && status.IsAlarm);
        Assert.IsLessThan(again.Service<ModelHost>().Current!.LoadedAt, monitor.Status.AlarmSince!.Value);
    }

    [TestMethod]
    [DataRow("sqlite")]
    [DataRow("postgres")]
    public async Task What_another_model_of_the_same_name_said_is_not_shown(string kind)
    {
        string history = await NewAsync(kind);
        string model = _folder["model.zip"];
        File.Copy(TestModels.Dime, model);
        await ScoreAsync(history, model, TestModels.Rows(60, seed: 1));
        File.Copy(TestModels.Other, model, overwrite: true);

        await using RunningServer again = await RunningServer.StartAsync(model, options => options.History = history);

        Assert.AreEqual(0, again.Service<LiveFigures>().Take(band: null).Window.Rows);
        Assert.IsEmpty(again.Service<LiveFigures>().FlaggedAfter(0));
        Assert.AreEqual(0, again.Service<DriftWatch>().Of(again.Service<ModelHost>().Current!)!.OpenRowCount);
    }

    [TestMethod]
    public async Task Rows_of_windows_that_were_tested_are_not_tested_again()
    {
        string history = await NewAsync("sqlite");
        void Configure(DimeMonitoringOptions options) => (options.History, options.DriftWindowRows, options.DriftStateFile) = (history, 50, _folder["drift.json"]);
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Dime, Configure))
        {
            await server.ScoreAsync(TestModels.UsualRows(50, seed: 1));
            while (!File.Exists(_folder["drift.json"]))
            {
                await Task.Delay(10);
            }

            await server.ScoreAsync(TestModels.UsualRows(20, seed: 2));
        }

        await using RunningServer again = await RunningServer.StartAsync(TestModels.Dime, Configure);
        DriftMonitor monitor = again.Service<DriftWatch>().Of(again.Service<ModelHost>().Current!)!;

        Assert.AreEqual((1L, 20), (monitor.Status.WindowCount, monitor.OpenRowCount));
    }

    [TestMethod]
    public async Task A_copy_of_an_image_is_shown_again()
    {
        string history = await NewAsync("sqlite");
        string? before;
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Images, options => options.History = history))
        {
            using HttpResponseMessage response = await server.Client.PostAsync("v1/score?id=odd", new ByteArrayContent(EncodedImages.Kinds["colors.png"]()));
            await RunningServer.ReadAsync(response);
            await server.StopAsync();
            before = server.Service<LiveFigures>().FlaggedAfter(0).Single().Image;
        }

        await using RunningServer again = await RunningServer.StartAsync(TestModels.Images, options => options.History = history);
        FlaggedRow after = again.Service<LiveFigures>().FlaggedAfter(0).Single();

        Assert.IsNotNull(before);
        Assert.AreEqual((before, true), (after.Image, after.IsTiny));
    }

    [TestMethod]
    public async Task A_database_that_is_away_costs_no_answer()
    {
        string history = await NewAsync("postgres");
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.History = history);
        await server.ScoreAsync(TestModels.Rows(3, seed: 1));
        while ((await HistoryTables.ReadAsync(history, "SELECT number FROM dime_rows")).Count < 3)
        {
            await Task.Delay(50);
        }

        _postgres!.Stop();
        try
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.HasCount(4, (await server.ScoreAsync(TestModels.Rows(4, seed: i))).Rows());
            }

            while (server.Service<HistoryWriter>().IsReachable is not false)
            {
                await Task.Delay(50);
            }
        }
        finally
        {
            _postgres.Start();
        }

        // What waited is written when it is back.
        while ((await HistoryTables.ReadAsync(history, "SELECT number FROM dime_rows")).Count < 83)
        {
            await Task.Delay(50);
        }

        Assert.AreEqual(0, server.Service<ServerMeter>().LostRows);
    }

    [TestMethod]
    public async Task Rows_that_find_no_room_while_the_database_is_away_are_counted()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            TestModels.Dime, options => options.History = "Host=127.0.0.1;Port=1;Username=none;Password=secret;Timeout=1");
        float[][] rows = TestModels.Rows(256, seed: 1);
        for (int i = 0; i < 80; i++)
        {
            Assert.HasCount(256, (await server.ScoreAsync(rows)).Rows());
        }

        await server.StopAsync();
        Assert.AreEqual(80 * 256, server.Service<ServerMeter>().LostRows);
    }

    [TestMethod]
    public void What_names_no_database_is_refused_without_a_word_of_the_password()
    {
        string none = Path.Combine(_folder.Path, "none", "history.db");

        Assert.Contains("There is no folder", Assert.ThrowsExactly<InputException>(() => HistoryDatabase.Of(none)).Message);
        Assert.Contains("is a folder", Assert.ThrowsExactly<InputException>(() => HistoryDatabase.Of(_folder.Path)).Message);
        Assert.Contains("no name", Assert.ThrowsExactly<InputException>(() => HistoryDatabase.Of(" ")).Message);
        foreach (string text in (string[])["Password=secret", "Host=a;Nonsense=secret;Password=secret", "=secret"])
        {
            Assert.DoesNotContain("secret", Assert.ThrowsExactly<InputException>(() => HistoryDatabase.Of(text)).Message);
        }
    }

    private static async Task ScoreAsync(string history, string model, float[][] rows)
    {
        await using RunningServer server = await RunningServer.StartAsync(model, options => options.History = history);
        await server.ScoreAsync(rows);
    }

    private async Task<string> NewAsync(string kind)
    {
        if (kind == "sqlite")
        {
            return _folder["history.db"];
        }

        if (_postgres is null)
        {
            Assert.Inconclusive("No PostgreSQL: install it, with initdb and pg_ctl on the path or below /usr/lib/postgresql.");
        }

        string name = $"h{Guid.NewGuid():N}";
        await HistoryTables.ReadAsync(_postgres!.ConnectionString, $"CREATE DATABASE {name}");
        return _postgres.ConnectionString.Replace("Database=postgres", $"Database={name}", StringComparison.Ordinal);
    }
}
