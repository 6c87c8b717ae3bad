using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Server.Tests.Endpoints;

/// <summary>The process that <c>dime serve</c> is.</summary>
[TestClass]
public sealed class DrainTests
{
    [TestMethod]
    public async Task A_server_that_is_told_to_end_answers_what_is_under_way()
    {
        using var folder = new TemporaryFolder();
        using Process process = DimeProcess.Start("serve", "--model", TestModels.Images, "--urls", "http://127.0.0.1:0", "--history", folder["history.db"], "--json", "--quiet");
        try
        {
            Uri address = await AddressAsync(process);
            using var client = new HttpClient { BaseAddress = address };
            Task<HttpResponseMessage>[] requests = [.. Enumerable.Range(0, 4).Select(_ => client.PostAsync("v1/score", Images(250)))];
            while (QueuedRows(await client.GetStringAsync("v1/model")) < 250)
            {
                Assert.IsFalse(requests.All(request => request.IsCompleted), "Nothing is under way.");
            }

            Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
            foreach (HttpResponseMessage response in await Task.WhenAll(requests))
            {
                Assert.HasCount(250, (await RunningServer.ReadAsync(response)).Rows());
            }

            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
            Assert.AreEqual(0, process.ExitCode, await process.StandardError.ReadToEndAsync());
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("healthz"));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        Assert.Contains("history.db", folder.Names);
    }

    [TestMethod]
    public async Task A_page_that_is_open_does_not_hold_up_the_end()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        using HttpResponseMessage response = await server.Client.GetAsync("v1/live", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.AreEqual("event: figures", await reader.ReadLineAsync());

        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.EndsWith("\n\n", await reader.ReadToEndAsync());
    }

    [TestMethod]
    public async Task No_more_pages_are_kept_up_to_date_than_are_allowed()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.LivePages = 2);
        using HttpResponseMessage first = await server.Client.GetAsync("v1/live", HttpCompletionOption.ResponseHeadersRead);
        using (HttpResponseMessage second = await server.Client.GetAsync("v1/live", HttpCompletionOption.ResponseHeadersRead))
        {
            using HttpResponseMessage third = await server.Client.GetAsync("v1/live");
            await third.ProblemAsync(HttpStatusCode.TooManyRequests);
            Assert.AreEqual(HttpStatusCode.OK, second.StatusCode);
        }

        // The place is free when the server has noticed.
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage again = await server.Client.GetAsync("v1/live", HttpCompletionOption.ResponseHeadersRead);
            status = again.StatusCode;
        }
        while (status == HttpStatusCode.TooManyRequests);

        Assert.AreEqual(HttpStatusCode.OK, status);
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        string document = "";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            document += line;
            if (line == "}")
            {
                return new Uri(JsonDocument.Parse(document).RootElement.GetProperty("addresses")[0].GetString()!);
            }
        }

        throw new AssertFailedException($"dime serve has ended: {await process.StandardError.ReadToEndAsync()}");
    }

    private static int QueuedRows(string model) => JsonDocument.Parse(model).RootElement.GetProperty("queuedRows").GetInt32();

    private static MultipartFormDataContent Images(int count)
    {
        MultipartFormDataContent parts = [];
        for (int i = 0; i < count; i++)
        {
            parts.Add(new ByteArrayContent(File.ReadAllBytes(TestModels.Photos[i % TestModels.Photos.Length])), "image", $"{i}.jpg");
        }

        return parts;
    }
}
