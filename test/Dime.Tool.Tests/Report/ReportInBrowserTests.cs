using Dime.Tool.Report;
using PuppeteerSharp;

namespace Dime.Tool.Tests.Report;

/// <summary>
/// Opens the report on the sample data in a real browser. Screenshots go to the folder that DIME_SCREENSHOTS names, if any.
/// </summary>
[TestClass]
public sealed class ReportInBrowserTests
{
    private const double SmallestFont = 10;

    // Elements that scroll by themselves may hold wider ones; nothing else may.
    private const string Overflow = """
        () => {
          const inScroller = e => e.closest('.scroll') !== null;
          const wide = [...document.body.querySelectorAll('*')]
            .filter(e => !inScroller(e) || e.matches('.scroll'))
            .filter(e => { const r = e.getBoundingClientRect(); return !e.closest('svg') && (r.right > innerWidth + 0.5 || r.left < -0.5); })
            .map(e => e.tagName + '.' + e.className);
          const page = document.documentElement.scrollWidth;
          return page > innerWidth ? [`page ${page} > ${innerWidth}`, ...wide] : wide;
        }
        """;

    private const string EmptyPlots = """
        () => [...document.querySelectorAll('svg')]
          .filter(s => { const r = s.getBoundingClientRect(); return r.width < 8 || r.height < 8 || s.children.length === 0; })
          .map(s => s.id || s.getAttribute('class'))
        """;

    private const string BrokenImages = "() => [...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.alt)";

    private const string TextOutsidePlots = """
        () => [...document.querySelectorAll('svg.plot')].flatMap(s => {
          const box = s.getBoundingClientRect();
          return [...s.querySelectorAll('text')]
            .filter(t => { const r = t.getBoundingClientRect(); return r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1; })
            .map(t => s.id + ': ' + t.textContent);
        })
        """;

    private const string FontSizes = """
        () => [...document.querySelectorAll('svg.plot text')].map(t =>
          parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width)
        """;

    // The contrast of every text with the nearest background that is painted behind it (WCAG 2, 1.4.3).
    private const string FaintTexts = """
        () => {
          const rgb = c => c.match(/[\d.]+/g).map(Number);
          const light = c => rgb(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return 'rgb(255,255,255)'; };
          const texts = [...document.body.querySelectorAll('*')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim() !== ''));
          return texts.map(e => {
            const [a, b] = [light(e.closest('svg') ? getComputedStyle(e).fill : getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return [(a + 0.05) / (b + 0.05), e];
          }).filter(([ratio]) => ratio < 4.5).map(([ratio, e]) => `${ratio.toFixed(2)} ${e.tagName} ${e.textContent.slice(0, 40)}`);
        }
        """;

    private static SampleReport? _sample;
    private static IBrowser? _browser;
    private static string? _page;

    [ClassInitialize]
    public static async Task Open(TestContext context)
    {
        if (Chromium.Find() is not { } executable)
        {
            return;
        }

        _sample = new SampleReport();
        _page = Path.Combine(Directory.CreateTempSubdirectory("dime-page-").FullName, "report.html");
        using (var writer = new StreamWriter(_page))
        {
            HtmlReport.Write(writer, _sample.Content);
        }

        _browser = await Chromium.Launch(executable);
    }

    [ClassCleanup]
    public static async Task Close()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _sample?.Dispose();
        if (_page is not null)
        {
            Directory.Delete(Path.GetDirectoryName(_page)!, recursive: true);
        }
    }

    [TestMethod]
    [DataRow(1280, "light")]
    [DataRow(1280, "dark")]
    [DataRow(390, "light")]
    [DataRow(390, "dark")]
    public async Task Report_renders_without_fault(int width, string theme)
    {
        if (_browser is null)
        {
            Assert.Inconclusive("No Chromium: install one, or name it in DIME_CHROMIUM.");
        }

        List<string> faults = [];
        List<string> requests = [];
        await using IPage page = await _browser!.NewPageAsync();
        page.Console += (_, e) => faults.Add($"console: {e.Message.Text}");
        page.PageError += (_, e) => faults.Add($"error: {e.Message}");
        page.Request += (_, e) => requests.Add(e.Request.Url);
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900, DeviceScaleFactor = 1 });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = theme }]);
        string address = new Uri(_page!).AbsoluteUri;

        await page.GoToAsync(address, WaitUntilNavigation.Networkidle0);
        await SaveScreenshot(page, $"report-{width}-{theme}.png");

        Assert.IsEmpty(faults);
        Assert.IsEmpty(requests.Where(request => request != address && !request.StartsWith("data:", StringComparison.Ordinal)));
        Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(Overflow));
        Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(EmptyPlots));
        Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(BrokenImages));
        Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(TextOutsidePlots));
        Assert.IsEmpty(await page.EvaluateFunctionAsync<string[]>(FaintTexts));
        Assert.IsEmpty((await page.EvaluateFunctionAsync<double[]>(FontSizes)).Where(size => size < SmallestFont));
        Assert.AreEqual(4, await page.EvaluateFunctionAsync<int>("() => document.querySelectorAll('svg.plot').length"));
        Assert.AreEqual(36, await page.EvaluateFunctionAsync<int>("() => document.images.length"));
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
