using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Dime.Server.Errors;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Jobs;
using Dime.Tool.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dime.Server.Tests.Endpoints;

[TestClass]
public sealed class AccessTests
{
    private const string Token = "0123456789abcdef-long";

    private static readonly string[] _guarded = ["v1/model", "v1/live", "metrics", "openapi/dime.json"];
    private static readonly string[] _open = ["", "page.js", "page.css", "healthz", "healthz/live", "healthz/ready"];

    [TestMethod]
    public async Task Only_those_with_the_token_are_served()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.Token = Token, "http://0.0.0.0:0");
        foreach (string path in _guarded)
        {
            foreach (string? given in (string?[])[null, "", "wrong", Token[..^1], Token + "x", Token.ToUpperInvariant()])
            {
                using HttpResponseMessage refused = await SendAsync(server, HttpMethod.Get, path, given);
                await refused.ProblemAsync(HttpStatusCode.Unauthorized);
                Assert.AreEqual("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
            }

            using HttpResponseMessage served = await SendAsync(server, HttpMethod.Get, path, Token);
            Assert.AreEqual(HttpStatusCode.OK, served.StatusCode, path);
        }

        foreach (string path in (string[])["v1/score", "v1/model/reload"])
        {
            using HttpResponseMessage refused = await SendAsync(server, HttpMethod.Post, path, given: null);
            await refused.ProblemAsync(HttpStatusCode.Unauthorized);
        }

        foreach (string path in _open)
        {
            using HttpResponseMessage served = await SendAsync(server, HttpMethod.Get, path, given: null);
            Assert.AreEqual(HttpStatusCode.OK, served.StatusCode, path);
        }
    }

    [TestMethod]
    public async Task Every_answer_keeps_browsers_in_check()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        foreach (string path in (string[])[.. _guarded, .. _open, "none"])
        {
            using HttpResponseMessage answer = await SendAsync(server, HttpMethod.Get, path, given: null);
            Assert.AreEqual("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single(), path);
            Assert.AreEqual("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.IsEmpty(answer.Headers.Server);
        }
    }

    [TestMethod]
    [DataRow("Host", "evil.example")]
    [DataRow("Host", "10.1.2.3:80")]
    [DataRow("Origin", "https://evil.example")]
    [DataRow("Origin", "null")]
    public async Task Without_a_token_other_names_and_pages_are_not_served(string header, string value)
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/model");
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage refused = await server.Client.SendAsync(request);

        await refused.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [TestMethod]
    [DataRow("localhost")]
    [DataRow("127.0.0.1")]
    [DataRow("[::1]")]
    public async Task Without_a_token_this_machine_is_served(string host)
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/model");
        request.Headers.Host = $"{host}:{server.Address.Port}";
        request.Headers.TryAddWithoutValidation("Origin", $"http://{host}:{server.Address.Port}");
        using HttpResponseMessage served = await server.Client.SendAsync(request);

        Assert.AreEqual(HttpStatusCode.OK, served.StatusCode);
    }

    [TestMethod]
    [DataRow("watch.example", "https://watch.example", true)]
    [DataRow("watch.example", "http://Watch.example", true)]
    [DataRow("watch.example:80", "http://watch.example", true)]
    [DataRow("watch.example:8443", "https://watch.example:8443", true)]
    [DataRow("watch.example", "https://watch.example:8443", false)]
    [DataRow("watch.example:8443", "https://watch.example", false)]
    [DataRow("watch.example", "https://watch.example.evil", false)]
    public async Task Pages_of_the_servers_own_origin_are_served_behind_a_proxy_too(string host, string origin, bool isServed)
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.Token = Token, "http://0.0.0.0:0");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{server.Address.Port}/v1/model"));
        request.Headers.Host = host;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using HttpResponseMessage answer = await server.Client.SendAsync(request);

        Assert.AreEqual(isServed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    /// <summary>Meters are heard by their names, so that servers of one process hear each other.</summary>
    [TestMethod]
    [DoNotParallelize]
    public async Task Those_without_the_token_are_counted()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.Token = Token, "http://0.0.0.0:0");
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage refused = await SendAsync(server, HttpMethod.Get, i == 0 ? "metrics" : "v1/model", "wrong");
            await refused.ProblemAsync(HttpStatusCode.Unauthorized);
        }

        using HttpResponseMessage metrics = await SendAsync(server, HttpMethod.Get, "metrics", Token);
        Assert.MatchesRegex(@"dime_server_requests_refused\S*\{[^}]*status=""401""[^}]*\} 3\b", await metrics.Content.ReadAsStringAsync());
    }

    [TestMethod]
    [DataRow("http://0.0.0.0:0")]
    [DataRow("http://*:0")]
    [DataRow("http://+:0")]
    [DataRow("http://[::]:0")]
    [DataRow("http://example.org:0")]
    public void A_server_that_others_reach_does_not_start_without_a_token(string url) =>
        DimeProcess.Run("serve", "--model", TestModels.Dime, "--urls", url).Fails(3, url, "--token-file");

    [TestMethod]
    public void A_server_that_does_not_start_says_so_in_a_sentence()
    {
        DimeProcess.Run("serve", "--model", "none.zip", "--urls", "http://127.0.0.1:0").Fails(3, "There is no model 'none.zip'");
        DimeProcess.Run("serve", "--model", TestModels.Dime, "--urls", "http://127.0.0.1:0", "--history", "none/history.db").Fails(3, "There is no folder");
    }

    [TestMethod]
    public void An_address_where_another_program_listens_is_told()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        DimeProcess.Run("serve", "--quiet", "--model", TestModels.Dime, "--urls", $"http://{other.LocalEndpoint}").Fails(3, $"http://{other.LocalEndpoint}", "in use", "--urls");
    }

    [TestMethod]
    public void An_address_that_this_machine_does_not_have_is_told()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("token", Token);

        // TEST-NET-1, which is nobody's.
        DimeProcess.Run("serve", "--quiet", "--model", TestModels.Dime, "--urls", "http://192.0.2.1:8080", "--token-file", file).Fails(3, "http://192.0.2.1:8080", "--urls");
    }

    [TestMethod]
    public async Task A_server_of_which_a_part_fails_ends()
    {
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        IHostApplicationLifetime lifetime = server.Service<IHostApplicationLifetime>();
        using var user = new CancellationTokenSource();
        Task<bool> asked = ServeJob.WaitAsync(lifetime, user.Token);
        await user.CancelAsync();

        Assert.IsTrue(await asked);
        Task<bool> failed = ServeJob.WaitAsync(lifetime, CancellationToken.None);
        Assert.IsFalse(failed.IsCompleted);
        lifetime.StopApplication();
        Assert.IsFalse(await failed);
    }

    [TestMethod]
    public void Days_that_no_calendar_has_are_refused() =>
        DimeProcess.Run("serve", "--model", TestModels.Dime, "--history-days", "20000000").Fails(2, "from 1 to 36500");

    [TestMethod]
    public void A_token_that_is_soon_guessed_is_none()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("token", "short\n");

        DimeProcess.Run("serve", "--model", TestModels.Dime, "--token-file", file).Fails(3, "5 characters");
        DimeProcess.Run("serve", "--model", TestModels.Dime, "--token-file", folder["none"]).Fails(3, "There is no file");
    }

    [TestMethod]
    public async Task An_application_of_ones_own_may_have_it_below_a_prefix()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Services.AddDimeMonitoring(options => options.ModelFile = TestModels.Dime);
        Assert.ThrowsExactly<InvalidOperationException>(() => builder.Services.AddDimeMonitoring(options => options.ModelFile = TestModels.Dime));
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapDime("/watch");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.Contains("<script type=\"module\" src=\"page.js\">", await client.GetStringAsync("watch"));
        Assert.Contains("\"takes\":\"embeddings\"", await client.GetStringAsync("watch/v1/model"));
        using HttpResponseMessage wrong = await client.PostAsync("watch/v1/score", new StringContent("x"));
        await wrong.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await app.StopAsync();
    }

    [TestMethod]
    public void Options_out_of_their_range_are_named()
    {
        ArgumentException none = Assert.ThrowsExactly<ArgumentException>(() => new ServiceCollection().AddDimeMonitoring(_ => { }));
        ArgumentException wrong = Assert.ThrowsExactly<ArgumentException>(() => new ServiceCollection().AddDimeMonitoring(options => (options.ModelFile, options.BatchRows) = ("m.zip", 0)));

        Assert.Contains("DimeMonitoringOptions.ModelFile", none.Message);
        Assert.Contains("DimeMonitoringOptions.BatchRows is out of its range: from 1 to 1024", wrong.Message);
        Assert.IsInstanceOfType<InputException>(wrong.InnerException);
    }

    [TestMethod]
    [DataRow(29, 10.0, "DriftWindowRows")]
    [DataRow(500, 0.0, "DriftFalseAlarmsPerMillionRows")]
    [DataRow(500, double.NaN, "DriftFalseAlarmsPerMillionRows")]
    [DataRow(500, 2000.0, "DriftFalseAlarmsPerMillionRows is out of its range: less than 2000")]
    public void Options_of_drift_are_checked_before_the_first_row(int window, double alarms, string expected)
    {
        ArgumentException wrong = Assert.ThrowsExactly<ArgumentException>(() => new ServiceCollection().AddDimeMonitoring(
            options => (options.ModelFile, options.DriftWindowRows, options.DriftFalseAlarmsPerMillionRows) = ("m.zip", window, alarms)));

        Assert.Contains($"DimeMonitoringOptions.{expected}", wrong.Message);
    }

    private static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string path, string? given)
    {
        var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{server.Address.Port}/{path}"));
        if (given is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", given);
        }

        return server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
