using PuppeteerSharp;

namespace Dime.Tool.Tests.Report;

/// <summary>A browser of the machine; none is ever downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] _names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];

    /// <summary>The browser named by the environment variable DIME_CHROMIUM, or the first one on the path.</summary>
    public static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("DIME_CHROMIUM");
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"DIME_CHROMIUM names '{named}', and there is no such file.");
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => _names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

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
