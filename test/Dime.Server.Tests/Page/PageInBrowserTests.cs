using System.Net;
using Dime.Server.Tests.Fixtures;
using Dime.Tool.Tests.Fixtures;
using Dime.Tool.Tests.Report;
using PuppeteerSharp;

namespace Dime.Server.Tests.Page;

/// <summary>Opens the live page in a real browser. Screenshots go to the folder that DIME_SCREENSHOTS names, if any.</summary>
[TestClass]
public sealed class PageInBrowserTests
{
    private const double SmallestFont = 10;

    private static IBrowser? _browser;

    [ClassInitialize]
    public static async Task Open(TestContext context) => _browser = Chromium.Find() is { } executable ? await Chromium.Launch(executable) : null;

    [ClassCleanup]
    public static async Task Close() => await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestMethod]
    public async Task The_page_is_without_fault_at_every_width_and_in_both_themes()
    {
        RequireBrowser();
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Images, options => options.History = null);
        await ScoreAsync(server, [.. TestModels.Photos.Select(File.ReadAllBytes), .. Enumerable.Repeat(EncodedImages.Kinds["colors.png"](), 14)]);
        foreach ((int width, string theme) in ((int, string)[])[(390, "light"), (390, "dark"), (768, "light"), (1280, "dark"), (1920, "light")])
        {
            List<string> faults = [];
            await using IPage page = await OpenAsync(server.Address, faults, width, theme);
            await page.WaitForFunctionAsync("() => document.querySelectorAll('#flagged li').length === 12 && document.querySelectorAll('#histogram .bar').length > 0");
            await page.EvaluateFunctionAsync("() => { document.querySelector('details').open = true; }");
            await page.WaitForFunctionAsync("() => document.querySelectorAll('#table tr').length > 0");
            await SaveScreenshotAsync(page, $"live-{width}-{theme}.png");

            Assert.IsEmpty(faults, string.Join('\n', faults));
            foreach (string check in (string[])[PageChecks.Overflow, PageChecks.EmptyPlots, PageChecks.BrokenImages, PageChecks.TextOutsidePlots, PageChecks.FaintTexts])
            {
                Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(check), $"{width} {theme}");
            }

            Assert.IsEmpty((await page.EvaluateFunctionAsync<double[]>(PageChecks.FontSizes)).Where(size => size < SmallestFont));
        }
    }

    [TestMethod]
    public async Task The_page_is_without_fault_before_the_first_row()
    {
        RequireBrowser();
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        List<string> faults = [];
        await using IPage page = await OpenAsync(server.Address, faults, 390, "dark");
        await WaitForTextAsync(page, "state", "live");
        await SaveScreenshotAsync(page, "live-empty.png");

        Assert.AreEqual("Waiting for rows.", await TextAsync(page, "summary"));
        Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(PageChecks.Overflow));
        Assert.IsEmpty(faults, string.Join('\n', faults));
    }

    [TestMethod]
    public async Task It_is_up_to_date_while_rows_arrive()
    {
        RequireBrowser();
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        List<string> faults = [];
        await using IPage page = await OpenAsync(server.Address, faults, 1280, "light");
        await WaitForTextAsync(page, "total", "0 rows since the model was loaded");

        await server.ScoreAsync(TestModels.Rows(50, seed: 1));
        await WaitForTextAsync(page, "total", "50 rows since the model was loaded");
        await server.ScoreAsync(TestModels.Rows(70, seed: 2));
        await WaitForTextAsync(page, "total", "120 rows since the model was loaded");
        await server.ScoreAsync([1, 2, 3, 4, 5, 600]);
        await page.WaitForFunctionAsync("() => document.querySelector('#flagged li')?.textContent.includes('probability 1.000')");

        // Rows are text, whatever they are called.
        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", new StringContent(
            """{"embedding": [9, 2, 3, 4, 5, 600], "id": "<img src=x onerror=alert(1)>"}""", System.Text.Encoding.UTF8, "application/json"));
        await page.WaitForFunctionAsync("() => document.querySelector('#flagged li .name')?.textContent === '<img src=x onerror=alert(1)>'");
        Assert.IsEmpty(faults, string.Join('\n', faults));
    }

    [TestMethod]
    public async Task It_stands_still_while_it_is_paused()
    {
        RequireBrowser();
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime);
        List<string> faults = [];
        await using IPage page = await OpenAsync(server.Address, faults, 1280, "light");
        await WaitForTextAsync(page, "total", "0 rows since the model was loaded");
        await page.FocusAsync("#pause");
        await page.Keyboard.PressAsync("Enter");
        await server.ScoreAsync(TestModels.Rows(50, seed: 1));
        await Task.Delay(2500);

        Assert.AreEqual("0 rows since the model was loaded", await TextAsync(page, "total"));
        Assert.AreEqual("true", await page.EvaluateFunctionAsync<string>("() => document.getElementById('pause').getAttribute('aria-pressed')"));
        await page.Keyboard.PressAsync("Space");
        await WaitForTextAsync(page, "total", "50 rows since the model was loaded");
    }

    [TestMethod]
    public async Task It_survives_a_server_that_is_started_anew()
    {
        RequireBrowser();
        RunningServer first = await RunningServer.StartAsync(TestModels.Dime);
        List<string> faults = [];
        await using IPage page = await OpenAsync(first.Address, faults, 1280, "light");
        await first.ScoreAsync(TestModels.Rows(30, seed: 1));
        await WaitForTextAsync(page, "total", "30 rows since the model was loaded");
        await first.DisposeAsync();
        await WaitForTextAsync(page, "state", "reconnecting");

        await using RunningServer second = await RunningServer.StartAsync(TestModels.Dime, url: first.Address.ToString());
        await second.ScoreAsync([[1, 2, 3, 4, 5, 600], .. TestModels.Rows(40, seed: 2)]);
        await WaitForTextAsync(page, "total", "41 rows since the model was loaded");
        await WaitForTextAsync(page, "state", "live");

        // The browser itself reports that nobody answered in between.
        Assert.IsEmpty(faults.Where(fault => !fault.Contains("ERR_CONNECTION_REFUSED") && !fault.Contains("ERR_INCOMPLETE_CHUNKED_ENCODING")));
    }

    [TestMethod]
    public async Task It_asks_for_the_token()
    {
        RequireBrowser();
        await using RunningServer server = await RunningServer.StartAsync(TestModels.Dime, options => options.Token = "0123456789abcdef");
        List<string> faults = [];
        await using IPage page = await OpenAsync(server.Address, faults, 390, "light");
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'token'");
        await SaveScreenshotAsync(page, "live-token.png");
        await page.Keyboard.TypeAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await WaitForTextAsync(page, "login-fault", "That is not the token.");
        await page.Keyboard.TypeAsync("0123456789abcdef");
        await page.Keyboard.PressAsync("Enter");

        await WaitForTextAsync(page, "state", "live");
        Assert.IsEmpty(faults.Where(fault => !fault.Contains("401")));
    }

    private static void RequireBrowser()
    {
        if (_browser is null)
        {
            Assert.Inconclusive("No Chromium: install one, or name it in DIME_CHROMIUM.");
        }
    }

    private static async Task ScoreAsync(RunningServer server, byte[][] images)
    {
        using MultipartFormDataContent parts = [];
        foreach ((byte[] image, int i) in images.Select((image, i) => (image, i)))
        {
            parts.Add(new ByteArrayContent(image), "image", $"{i} of a name as long as those that cameras and their programs give.jpg");
        }

        using HttpResponseMessage response = await server.Client.PostAsync("v1/score", parts);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<IPage> OpenAsync(Uri address, List<string> faults, int width, string theme)
    {
        IPage page = await _browser!.NewPageAsync();
        page.Console += (_, e) => faults.Add($"console: {e.Message.Text}");
        page.PageError += (_, e) => faults.Add($"error: {e.Message}");
        page.Request += (_, e) =>
        {
            if (!e.Request.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && !e.Request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                faults.Add($"request: {e.Request.Url}");
            }
        };
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = theme }]);
        await page.GoToAsync(address.ToString(), WaitUntilNavigation.Load);
        return page;
    }

    private static async Task WaitForTextAsync(IPage page, string id, string text) =>
        await page.WaitForFunctionAsync("(id, text) => document.getElementById(id).textContent === text", new WaitForFunctionOptions { Timeout = 60_000 }, id, text);

    private static Task<string> TextAsync(IPage page, string id) => page.EvaluateFunctionAsync<string>("id => document.getElementById(id).textContent", id);

    private static async Task SaveScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DIME_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await page.ScreenshotAsync(Path.Combine(folder, name), new ScreenshotOptions { FullPage = true });
        }
    }
}
