using System.Net;
using System.Text.Json;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;

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
            JsonElement drifted = await WindowsAsync(server, 6);
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
    private static async Task<JsonElement> WindowsAsync(RunningServer server, long windows)
    {
        JsonElement drift;
        do
        {
            drift = await RunningServer.ReadAsync(await server.Client.GetAsync("v1/drift"));
        }
        while (drift.GetProperty("windows").GetInt64() < windows);

        return drift;
    }
}
