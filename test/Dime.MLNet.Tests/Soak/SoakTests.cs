using System.Diagnostics;

namespace Dime.MLNet.Tests.Soak;

/// <summary>The short form of <c>test/Dime.Soak</c>: 16 threads and the same models, in a process of its own.</summary>
[TestClass]
public sealed class SoakTests
{
    private const string Seconds = "15";

    [TestMethod]
    [Timeout(10 * 60 * 1000)]
    public void Threads_that_share_models_get_the_same_rows_and_leave_nothing_behind()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("What a process holds is read from /proc.");
        }

        string program = Path.Combine(AppContext.BaseDirectory, "Dime.Soak.dll");
        using Process process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", program, "threads", Seconds])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(0, process.ExitCode, output + error.Result);
        Assert.Contains("All as it must be.", output);
    }
}
