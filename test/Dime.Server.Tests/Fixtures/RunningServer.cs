using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Dime.Server.Images;
using Dime.Server.Models;
using Dime.Tool.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dime.Server.Tests.Fixtures;

/// <summary>The server that <c>dime serve</c> runs, in this process, on a port of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningServer> StartAsync(string model, Action<DimeMonitoringOptions>? configure = null, string url = "http://127.0.0.1:0")
    {
        var options = new DimeMonitoringOptions { ModelFile = model };
        configure?.Invoke(options);
        WebApplication app = ServeHost.Create(new ServeSettings([url], options), Environment.GetEnvironmentVariable("DIME_SERVER_LOG") is null ? LogLevel.None : LogLevel.Information);
        try
        {
            await app.StartAsync();
            return new RunningServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Scores embeddings.</summary>
    public async Task<JsonElement> ScoreAsync(params float[][] rows)
    {
        using HttpResponseMessage response = await Client.PostAsJsonAsync("v1/score", new { embeddings = rows }, AnswerJson.Options);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> ModelAsync() => await ReadAsync(await Client.GetAsync("v1/model"));

    /// <summary>The document of an answer that is no refusal.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.IsTrue(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Fails where memory of pixels is not given back, which happens behind the answers.</summary>
    public async Task PixelsAreReturnedAsync()
    {
        PixelMemory memory = Service<PixelMemory>();
        var waited = Stopwatch.StartNew();
        while (memory.Lent > 0 && waited.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(10);
        }

        Assert.AreEqual(0, memory.Lent);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
