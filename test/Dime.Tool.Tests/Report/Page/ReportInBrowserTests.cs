using Dime.MLNet;
using Dime.Tool.Report.Figures;
using PuppeteerSharp;

namespace Dime.Tool.Tests.Report.Page;

/// <summary>
/// Opens reports in a real browser. Screenshots go to the folder that DIME_SCREENSHOTS names, if any.
/// </summary>
[TestClass]
public sealed class ReportInBrowserTests
{
    private const double SmallestFont = 10;

    private static SampleReport? _sample;
    private static IBrowser? _browser;
    private static DirectoryInfo? _folder;

    [ClassInitialize]
    public static async Task Open(TestContext context)
    {
        if (Chromium.Find() is { } executable)
        {
            _folder = Directory.CreateTempSubdirectory("dime-pages-");
            _sample = new SampleReport();
            _browser = await Chromium.Launch(executable);
        }
    }

    [ClassCleanup]
    public static async Task Close()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _sample?.Dispose();
        _folder?.Delete(recursive: true);
    }

    [TestMethod]
    [DataRow(1280, "light")]
    [DataRow(1280, "dark")]
    [DataRow(390, "light")]
    [DataRow(390, "dark")]
    public async Task Report_on_images_renders_without_fault(int width, string theme)
    {
        await using IPage page = await OpenWithoutFault("images", () => _sample!.Figures, width, theme);

        Assert.AreEqual(4, await page.EvaluateFunctionAsync<int>("() => document.querySelectorAll('svg.plot').length"));
        Assert.AreEqual(36, await page.EvaluateFunctionAsync<int>("() => document.images.length"));
    }

    [TestMethod]
    [DataRow(1280, "light")]
    [DataRow(390, "dark")]
    public async Task Report_on_an_ensemble_renders_without_fault(int width, string theme)
    {
        ModelledEnsemble ensemble = EnsembleReport.Fit($"/features/{new string('x', 200)}/Relu_output_0");
        float[] today = [.. EnsembleReport.Rows(200, seed: 9).Select(value => value + 0.6f)];
        await using IPage page = await OpenWithoutFault(
            "ensemble",
            () => EnsembleReport.Of(ensemble, EnsembleReport.Inside(), EnsembleReport.Outside(), EnsembleReport.Outside("near", -0.5f)) with
            {
                Current = new CurrentSet("today", DriftTest.Run(ensemble, today)),
            },
            width,
            theme);

        Assert.AreEqual(3, await page.EvaluateFunctionAsync<int>("() => document.querySelectorAll('svg.plot').length"));
    }

    [TestMethod]
    [DataRow(1280, "light")]
    [DataRow(390, "dark")]
    public async Task Report_with_long_names_and_many_sets_renders_without_fault(int width, string theme)
    {
        await using IPage page = await OpenWithoutFault("awkward", Awkward, width, theme);

        Assert.AreEqual(15, await page.EvaluateFunctionAsync<int>("() => document.querySelectorAll('.verdicts li').length"));
    }

    [TestMethod]
    public async Task Themes_differ_in_their_colours()
    {
        const string Colours = "() => [document.body, document.querySelector('svg.plot text')].flatMap(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).fill, getComputedStyle(e).color])";
        await using IPage light = await OpenWithoutFault("images", () => _sample!.Figures, 1280, "light");
        await using IPage dark = await OpenWithoutFault("images", () => _sample!.Figures, 1280, "dark");

        string[] lights = await light.EvaluateFunctionAsync<string[]>(Colours);
        string[] darks = await dark.EvaluateFunctionAsync<string[]>(Colours);

        Assert.AreNotEqual(lights[0], darks[0], "page");
        Assert.AreNotEqual(lights[4], darks[4], "text of plots");
    }

    private static ReportFigures Awkward()
    {
        string name = "a-very-long-name-of-a-set-without-any-space-that-someone-took-from-a-file-" + new string('x', 80);
        ScoredSet broken = GeneratedReport.Set("broken & odd", SetRole.OutOfDistribution, 1, 50, 7000, float.PositiveInfinity);
        OutlyingRow gone = new("some/folder/" + name + ".jpg", "gone.jpg", 1.25f, 1);
        ReportFigures figures = GeneratedReport.Of(
        [
            GeneratedReport.Inside(name) with { MostOutlying = [gone, gone] },
            broken,
            .. Enumerable.Range(0, 13).Select(i => GeneratedReport.Outside($"{name}-{i}", noise: 0.1 + (0.1 * i))),
        ]);
        return figures with { Content = figures.Content with { Title = name, NetworkFile = name, TensorNames = ["/" + name] } };
    }

    private static async Task<IPage> OpenWithoutFault(string name, Func<ReportFigures> figures, int width, string theme)
    {
        if (_browser is null)
        {
            Assert.Inconclusive("No Chromium: install one, or name it in DIME_CHROMIUM.");
        }

        string file = Path.Combine(_folder!.FullName, $"{name}-{width}-{theme}.html");
        await File.WriteAllTextAsync(file, GeneratedReport.Html(figures()));
        string address = new Uri(file).AbsoluteUri;
        List<string> faults = [];
        IPage page = await _browser!.NewPageAsync();
        page.Console += (_, e) => faults.Add($"console: {e.Message.Text}");
        page.PageError += (_, e) => faults.Add($"error: {e.Message}");
        page.Request += (_, e) =>
        {
            if (e.Request.Url != address && !e.Request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                faults.Add($"request: {e.Request.Url}");
            }
        };
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = theme }]);
        await page.GoToAsync(address, WaitUntilNavigation.Networkidle0);
        await SaveScreenshot(page, $"{name}-{width}-{theme}.png");

        Assert.IsEmpty(faults);
        foreach (string check in (string[])[PageChecks.Overflow, PageChecks.EmptyPlots, PageChecks.BrokenImages, PageChecks.TextOutsidePlots, PageChecks.FaintTexts])
        {
            Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(check));
        }

        Assert.IsEmpty((await page.EvaluateFunctionAsync<double[]>(PageChecks.FontSizes)).Where(size => size < SmallestFont));
        return page;
    }

    private static async Task SaveScreenshot(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DIME_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await page.ScreenshotAsync(Path.Combine(folder, name), new ScreenshotOptions { FullPage = true });
        }
    }
}
