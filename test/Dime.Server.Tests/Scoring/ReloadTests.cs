using System.Net;
using System.Text.Json;
using Dime.Server.Errors;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Server.Tests.Scoring;

[TestClass]
public sealed class ReloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_file_that_does_not_load_changes_nothing_and_is_reported()
    {
        string model = Copy(TestModels.Dime);
        await using RunningServer server = await RunningServer.StartAsync(model, options => options.ModelCheckInterval = TimeSpan.FromHours(1));
        File.WriteAllText(model, "half a mod");

        using HttpResponseMessage response = await server.Client.PostAsync("v1/model/reload", content: null);
        string sentence = await response.ProblemAsync(HttpStatusCode.UnprocessableEntity);
        JsonElement answer = await server.ModelAsync();

        Assert.Contains("'served.zip' is not a model", sentence);
        Assert.Contains("stays", sentence);
        Assert.AreEqual(1, answer.GetProperty("version").GetInt32());
        Assert.Contains("'served.zip' is not a model", answer.GetProperty("lastReload").GetProperty("error").GetString()!);
        Assert.DoesNotContain(_folder.Path, answer.GetRawText());
        Assert.AreEqual(TestModels.Distances(TestModels.Dime, [[1, 2, 3, 4, 5, 6]])[0], (await server.ScoreAsync([1, 2, 3, 4, 5, 6])).Rows()[0].Number("distance"));
    }

    [TestMethod]
    public async Task A_changed_file_is_loaded()
    {
        string model = Copy(TestModels.Dime);
        await using RunningServer server = await RunningServer.StartAsync(model, options => options.ModelCheckInterval = TimeSpan.FromMilliseconds(50));

        File.WriteAllBytes(_folder["next.zip"], File.ReadAllBytes(TestModels.Other));
        File.Move(_folder["next.zip"], model, overwrite: true);
        await VersionAsync(server, 2);

        Assert.AreEqual(TestModels.Distances(TestModels.Other, [[1, 2, 3, 4, 5, 6]])[0], (await server.ScoreAsync([1, 2, 3, 4, 5, 6])).Rows()[0].Number("distance"));
    }

    [TestMethod]
    public async Task A_file_that_is_removed_and_comes_back_broken_leaves_the_model()
    {
        string model = Copy(TestModels.Dime);
        await using RunningServer server = await RunningServer.StartAsync(model, options => options.ModelCheckInterval = TimeSpan.FromMilliseconds(50));

        File.Delete(model);
        await Task.Delay(200);
        File.WriteAllText(model, "broken");
        while (!(await server.ModelAsync()).TryGetProperty("lastReload", out _))
        {
            await Task.Delay(20);
        }

        Assert.AreEqual(1, (await server.ModelAsync()).GetProperty("version").GetInt32());
        File.Copy(TestModels.Other, model, overwrite: true);
        await VersionAsync(server, 2);
        Assert.IsFalse((await server.ModelAsync()).GetProperty("lastReload").TryGetProperty("error", out _));
    }

    [TestMethod]
    public async Task A_model_that_takes_other_rows_may_follow()
    {
        string model = Copy(TestModels.Images);
        await using RunningServer server = await RunningServer.StartAsync(model, options => options.ModelCheckInterval = TimeSpan.FromHours(1));
        File.Copy(TestModels.Ensemble, model, overwrite: true);
        using HttpResponseMessage response = await server.Client.PostAsync("v1/model/reload", content: null);

        Assert.AreEqual("embeddings", (await RunningServer.ReadAsync(response)).GetProperty("takes").GetString());
        Assert.HasCount(1, (await server.ScoreAsync([1, 2, 3, 4, 5, 6])).Rows());
    }

    [TestMethod]
    public async Task A_server_does_not_start_without_a_model_it_can_serve()
    {
        string none = _folder["none.zip"];
        string text = _folder.Write("text.zip", "text");
        string network = _folder.Write("network.onnx", "text");

        Assert.Contains("There is no model", (await Assert.ThrowsExactlyAsync<InputException>(() => RunningServer.StartAsync(none))).Message);
        Assert.Contains("is not a model", (await Assert.ThrowsExactlyAsync<InputException>(() => RunningServer.StartAsync(text))).Message);
        Assert.Contains("leave the network out", (await Assert.ThrowsExactlyAsync<InputException>(
            () => RunningServer.StartAsync(TestModels.Dime, options => options.NetworkFile = SampleData.Network))).Message);
        Assert.Contains("does not fit", (await Assert.ThrowsExactlyAsync<InputException>(
            () => RunningServer.StartAsync(TestModels.Images, options => options.NetworkFile = network))).Message);
    }

    private static async Task VersionAsync(RunningServer server, int version)
    {
        while ((await server.ModelAsync()).GetProperty("version").GetInt32() != version)
        {
            await Task.Delay(20);
        }
    }

    private string Copy(string model)
    {
        File.Copy(model, _folder["served.zip"]);
        return _folder["served.zip"];
    }
}
