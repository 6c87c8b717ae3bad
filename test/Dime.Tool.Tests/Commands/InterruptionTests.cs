using System.Diagnostics;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class InterruptionTests : IDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void An_interrupted_fit_ends_with_130_and_leaves_nothing()
    {
        using Process process = StartAndInterrupt("fit", "--embeddings", "-", "--output", _folder["m.zip"]);

        Assert.AreEqual(130, process.ExitCode);
        Assert.IsEmpty(_folder.Names);
    }

    [TestMethod]
    public void Interrupted_scores_leave_what_was_there()
    {
        using var model = new ClassModel();
        string scores = _folder.Write("scores.csv", "as it was");

        using Process process = StartAndInterrupt("score", "--model", model.Path, "--embeddings", "-", "--output", scores);

        Assert.AreEqual(130, process.ExitCode);
        Assert.AreEqual("as it was", File.ReadAllText(scores));
        Assert.AreSequenceEqual(["scores.csv"], _folder.Names);
    }

    // The process reads rows from a pipe that has no end.
    private Process StartAndInterrupt(params string[] arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs POSIX signals.");
        }

        Process process = DimeProcess.Start(arguments);
        string rows = SampleRows.ToCsv(SampleRows.Create(1000));
        process.StandardInput.Write(rows);
        process.StandardInput.Flush();
        var clock = Stopwatch.StartNew();
        while (!_folder.Names.Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)) && clock.Elapsed < _longest)
        {
            Thread.Sleep(10);
        }

        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.IsTrue(process.WaitForExit(_longest), "The process does not end.");
        return process;
    }
}
