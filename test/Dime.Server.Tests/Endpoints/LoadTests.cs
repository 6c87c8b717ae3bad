using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dime.Server.Tests.Fixtures;

namespace Dime.Server.Tests.Endpoints;

[TestClass]
public sealed class LoadTests
{
    [TestMethod]
    public async Task More_than_the_queue_holds_is_told_to_come_again()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images, options =>
        {
            options.QueueRows = 8;
            options.RowsPerRequest = 8;
            options.BatchRows = 1;
        });
        byte[] photo = File.ReadAllBytes(TestModels.Photos[0]);
        int[] statuses = new int[300];
        await Parallel.ForEachAsync(Enumerable.Range(0, statuses.Length), new ParallelOptions { MaxDegreeOfParallelism = 60 }, async (i, cancelled) =>
        {
            using MultipartFormDataContent parts = [];
            for (int part = 0; part < 6; part++)
            {
                parts.Add(new ByteArrayContent(photo), "image", $"{part}");
            }

            using HttpResponseMessage response = await server.Client.PostAsync("v1/score", parts, cancelled);
            statuses[i] = (int)response.StatusCode;
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.Contains("Too many rows wait", await response.ProblemAsync(HttpStatusCode.TooManyRequests));
                Assert.AreEqual(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
            }
        });

        CollectionAssert.AreEquivalent(new[] { 200, 429 }, statuses.Distinct().ToArray());
        await server.PixelsAreReturnedAsync();
        Assert.AreEqual(0, (await server.ModelAsync()).GetProperty("queuedRows").GetInt32());
    }

    [TestMethod]
    public async Task Images_beyond_the_memory_for_them_are_told_to_come_again()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images, options => options.PixelBytes = 3 * 32 * 32 * 8);
        using MultipartFormDataContent parts = [];
        foreach (string photo in TestModels.Photos.Take(4))
        {
            parts.Add(new ByteArrayContent(File.ReadAllBytes(photo)), "image", "photo");
        }

        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", parts);

        Assert.Contains("memory for images", await response.ProblemAsync(HttpStatusCode.TooManyRequests));
        await server.PixelsAreReturnedAsync();
    }

    [TestMethod]
    public async Task A_body_that_does_not_end_in_time_is_given_up()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.RequestTime = TimeSpan.FromMilliseconds(300));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n{\"embedding\": "u8.ToArray());
        byte[] answer = new byte[4096];
        string text = "";
        while (!text.Contains("0.3 s", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(answer);
            Assert.IsGreaterThan(0, read, text);
            text += Encoding.UTF8.GetString(answer, 0, read);
        }

        Assert.StartsWith("HTTP/1.1 408", text);
        Assert.Contains("application/problem+json", text);
    }

    /// <summary>Meters are heard by their names, so that servers of one process hear each other.</summary>
    [TestMethod]
    [DoNotParallelize]
    public async Task The_instruments_and_the_document_tell_of_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        await server.ScoreAsync(TestModels.Rows(20, seed: 1));
        string metrics = await server.Client.GetStringAsync("metrics");
        JsonElement document = JsonDocument.Parse(await server.Client.GetStringAsync("openapi/dime.json")).RootElement;
        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name)];

        Assert.MatchesRegex(@"dime_server_batch_rows\S*_sum\{[^}]*\} 20\b", metrics);

        // Buckets for numbers from 0 to 1.
        Assert.MatchesRegex(@"dime_rows_probability\S*_bucket\{[^}]*le=""0\.95""[^}]*\}", metrics);
        Assert.MatchesRegex(@"dime_batch_duration\S*_bucket\{[^}]*le=""0\.001""[^}]*\}", metrics);
        CollectionAssert.IsSubsetOf(new[] { "/v1/score", "/v1/model", "/v1/model/reload", "/v1/live", "/healthz" }, paths);
        Assert.IsTrue(document.GetProperty("paths").GetProperty("/v1/score").GetProperty("post").GetProperty("requestBody").GetProperty("content").TryGetProperty("image/webp", out _));
    }
}
