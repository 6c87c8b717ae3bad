using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dime.MLNet;
using Dime.Server.Live;
using Dime.Server.Scoring;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Tests.Live;

[TestClass]
public sealed class DriftTests
{
    [TestMethod]
    public async Task Rows_that_drift_raise_an_alarm_which_ends_with_them_and_outlives_the_server()
    {
        using var folder = new TemporaryFolder();
        void Configure(DimeMonitoringOptions options) => (options.DriftWindowRows, options.DriftStateFile) = (100, folder["drift.json"]);
        await using (RunningServer server = await RunningServer.StartAsync(TestModels.Dime, Configure))
        {
            for (int i = 0; i < 5; i++)
            {
                await server.ScoreAsync(TestModels.UsualRows(100, seed: i + 10));
            }

            JsonElement usual = await WindowsAsync(server, 5);
            Assert.IsFalse(usual.GetProperty("isAlarm").GetBoolean(), usual.GetRawText());
            Assert.AreEqual(500, usual.GetProperty("rows").GetInt64());

            await server.ScoreAsync(TestModels.Rows(150, seed: 1));
            JsonElement drifted = await WindowsAsync(server, 6, openRows: 50);
            Assert.IsTrue(drifted.GetProperty("isAlarm").GetBoolean(), drifted.GetRawText());
            Assert.AreEqual(1, drifted.GetProperty("alarms").GetInt64());
            Assert.IsLessThan(1e-3, drifted.GetProperty("pValue").GetDouble());
            Assert.AreEqual(50, drifted.GetProperty("openRows").GetInt32());
        }

        await using RunningServer again = await RunningServer.StartAsync(TestModels.Dime, Configure);
        JsonElement restored = await RunningServer.ReadAsync(await again.Client.GetAsync("v1/drift"));
        Assert.IsTrue(restored.GetProperty("isAlarm").GetBoolean());
        Assert.AreEqual(6, restored.GetProperty("windows").GetInt64());
        Assert.AreEqual(0, restored.GetProperty("openRows").GetInt32());

        for (int i = 0; i < 3; i++)
        {
            await again.ScoreAsync(TestModels.UsualRows(100, seed: i + 20));
        }

        Assert.IsFalse((await WindowsAsync(again, 9)).GetProperty("isAlarm").GetBoolean());
    }

    /// <summary>Meters are heard by their names, so that servers of one process hear each other.</summary>
    [TestMethod]
    [DoNotParallelize]
    [DataRow(true)]
    [DataRow(false)]
    public async Task An_alarm_is_counted_once_however_often_the_model_is_loaded(bool hasState)
    {
        using var folder = new TemporaryFolder();
        await using RunningServer server = await RunningServer.StartAsync(
            TestModels.Dime, options => (options.DriftWindowRows, options.DriftStateFile) = (100, hasState ? folder["drift.json"] : null));
        async Task<string> ActiveAsync()
        {
            // Answers are kept for 300 ms.
            await Task.Delay(400);
            return Regex.Match(await server.Client.GetStringAsync("metrics"), @"(?m)^dime_drift_active\S* (\d+)").Groups[1].Value;
        }


        await server.ScoreAsync(TestModels.Rows(100, seed: 1));
        Assert.IsTrue((await WindowsAsync(server, 1)).GetProperty("isAlarm").GetBoolean());
        Assert.AreEqual("1", await ActiveAsync());
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage reload = await server.Client.PostAsync("v1/model/reload", null);
            Assert.AreEqual(HttpStatusCode.OK, reload.StatusCode);
            Assert.AreEqual(hasState, (await RunningServer.ReadAsync(await server.Client.GetAsync("v1/drift"))).GetProperty("isAlarm").GetBoolean());
            Assert.AreEqual(hasState ? "1" : "0", await ActiveAsync());
        }
    }

    [TestMethod]
    public async Task Rows_in_the_hyperplane_drift_by_their_mean_alone()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.DriftWindowRows = 100);

        // Twice as long on the whole, and as far from the plane as ever.
        await server.ScoreAsync([.. TestModels.UsualRows(1000, seed: 3).Where(row => row[0] > 1.6).Take(100)]);
        JsonElement drift = await WindowsAsync(server, 1);

        Assert.IsTrue(drift.GetProperty("isAlarm").GetBoolean(), drift.GetRawText());
        Assert.Contains("the mean embedding has moved", drift.GetProperty("verdict").GetString()!);
    }

    [TestMethod]
    public async Task Images_are_tested_as_by_the_library()
    {
        string[] photos = [.. TestModels.Photos.Take(30)];
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images, options => options.DriftWindowRows = photos.Length);
        var result = new TaskCompletionSource<DriftResult>();
        ServedModel model = server.Service<ModelHost>().Current!;
        server.Service<DriftWatch>().Of(model)!.WindowTested += (_, e) => result.TrySetResult(e.Result);
        using MultipartFormDataContent parts = [];
        foreach (string photo in photos)
        {
            parts.Add(new ByteArrayContent(await File.ReadAllBytesAsync(photo)), "image", Path.GetFileName(photo));
        }

        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", parts);
        await RunningServer.ReadAsync(response);
        DriftTestResult[] given = [.. (await result.Task).Tests];

        var mlContext = new MLContext();
        var schema = SchemaDefinition.Create(typeof(Photo));
        schema[nameof(Photo.Path)].ColumnName = model.Model.InputColumn.Name;
        IDataView files = mlContext.Data.LoadFromEnumerable(photos.Select(photo => new Photo { Path = photo }), schema);
        DriftTestResult[] expected = [.. DriftTest.Run(mlContext.Model.Load(TestModels.Images, out _), files).Tests];
        CollectionAssert.AreEqual(expected.Select(test => (test.Kind, test.ScoreName, test.PValue is null)).ToArray(), given.Select(test => (test.Kind, test.ScoreName, test.PValue is null)).ToArray());
        Assert.Contains(test => test is { Kind: DriftTestKind.Mean, PValue: not null }, given);
        foreach ((DriftTestResult wanted, DriftTestResult test) in expected.Zip(given).Where(pair => pair.First.Kind == DriftTestKind.Mean && pair.First.PValue is not null))
        {
            // The network's batches are of other sizes, and its sums round otherwise.
            Assert.AreEqual(wanted.Statistic, test.Statistic, 1e-3 * wanted.Statistic);
        }
    }

    [TestMethod]
    public async Task What_was_seen_of_another_model_is_not_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        string state = folder.Write("drift.json", "{\"of\": \"another program\"}");
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.DriftStateFile = state);

        Assert.AreEqual(0, (await RunningServer.ReadAsync(await server.Client.GetAsync("v1/drift"))).GetProperty("windows").GetInt64());
    }

    [TestMethod]
    public async Task A_model_of_the_first_version_serves_without_drift()
    {
        await using RunningServer server = await RunningServer.StartAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "pipeline-embeddings.zip"));
        using HttpResponseMessage response = await server.Client.GetAsync("v1/drift");

        Assert.Contains("Drift is not watched", await response.ProblemAsync(HttpStatusCode.NotFound));
        Assert.HasCount(1, (await server.ScoreAsync(new float[64])).Rows());
    }

    // Windows are tested behind the answers.
    // Rows are taken down behind the answers.
    private static async Task<JsonElement> WindowsAsync(RunningServer server, long windows, int openRows = 0)
    {
        JsonElement drift;
        do
        {
            drift = await RunningServer.ReadAsync(await server.Client.GetAsync("v1/drift"));
        }
        while (drift.GetProperty("windows").GetInt64() < windows || drift.GetProperty("openRows").GetInt32() < openRows);

        return drift;
    }

    private sealed class Photo
    {
        public string Path { get; set; } = "";
    }
}
