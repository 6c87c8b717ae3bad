using Dime.Tool.Tests.Fixtures;
using PuppeteerSharp;

namespace Dime.Tool.Tests.Report;

/// <summary>A browser of the machine; none is ever downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] _names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];

    /// <summary>The browser named by the environment variable DIME_CHROMIUM, or the first one on the path.</summary>
    public static string? Find() => SearchPath.FindByVariable("DIME_CHROMIUM", _names);

    public static Task<IBrowser> Launch(string executable) => Puppeteer.LaunchAsync(new LaunchOptions
    {
        ExecutablePath = executable,
        Headless = true,
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        ],
    });
}
