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
    [DataRow("-INT", 130)]
    [DataRow("-TERM", 143)]
    [DataRow("-HUP", 129)]
    public void An_interrupted_fit_ends_with_the_number_of_the_signal_and_leaves_nothing(string signal, int code)
    {
        using Process process = StartAndInterrupt(signal, "fit", "--embeddings", "-", "--output", _folder["m.zip"]);

        Assert.AreEqual(code, process.ExitCode);

        // On a busy machine the time that the work has to stop may run out.
        string error = process.StandardError.ReadToEnd().Trim();
        Assert.IsTrue(error == $"Interrupted; '{_folder["m.zip"]}' was not written." || error.StartsWith("Interrupted in the midst of work;", StringComparison.Ordinal), error);
        Assert.IsEmpty(_folder.Names);
    }

    [TestMethod]
    public void An_interrupted_part_is_not_written()
    {
        using Process process = StartAndInterrupt("-TERM", "accumulate", "--embeddings", "-", "--source", "x", "--output", _folder["x.sums"]);

        Assert.AreEqual(143, process.ExitCode);
        Assert.IsEmpty(_folder.Names);
    }

    [TestMethod]
    public void Interrupted_scores_leave_what_was_there()
    {
        using var model = new ClassModel();
        string scores = _folder.Write("scores.csv", "as it was");

        using Process process = StartAndInterrupt("-INT", "score", "--model", model.Path, "--embeddings", "-", "--output", scores);

        Assert.AreEqual(130, process.ExitCode);
        Assert.AreEqual("as it was", File.ReadAllText(scores));
        Assert.AreSequenceEqual(["scores.csv"], _folder.Names);
    }

    [TestMethod]
    public void Interrupted_scores_on_standard_output_are_not_said_to_be_missing()
    {
        using var model = new ClassModel();
        using Process process = Start("score", "--model", model.Path, "--embeddings", "-");
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        Task rows = FeedAsync(process);
        WaitUntil(() => line.IsCompleted);
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        Interrupt(process);
        rows.Wait();

        Assert.AreEqual(130, process.ExitCode);
        Assert.StartsWith("id,distance", line.Result!);
        Assert.IsNotEmpty(rest.Result);
        Assert.AreEqual("Interrupted.", error.Result.Trim());
    }

    [TestMethod]
    public void An_interrupted_demo_does_not_deny_what_it_has_written()
    {
        using Process process = Start("demo", "--output", _folder["demo"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        WaitUntil(() => File.Exists(Path.Combine(_folder["demo"], "scores.csv")));
        Interrupt(process);

        Assert.AreEqual(130, process.ExitCode);
        Assert.Contains("rows scored", output.Result);
        string error = process.StandardError.ReadToEnd().Trim();
        Assert.IsTrue(error is "Interrupted." || error == $"Interrupted; '{Path.Combine(_folder["demo"], "report.html")}' was not written.", error);
    }

    [TestMethod]
    public void Work_between_rows_is_ended_after_a_while_and_leaves_nothing()
    {
        // Standard input that stays open and silent: no row comes that could notice.
        using Process process = Start("fit", "--embeddings", "-", "--output", _folder["m.zip"]);
        process.StandardInput.WriteLine("a,b");
        process.StandardInput.WriteLine("1,2");
        process.StandardInput.WriteLine("2,1");
        process.StandardInput.Flush();
        WaitUntil(() => _folder.Names.Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)));
        Interrupt(process, "-TERM");

        Assert.AreEqual(143, process.ExitCode);
        Assert.IsEmpty(_folder.Names);
    }

    private Process StartAndInterrupt(string signal, params string[] arguments)
    {
        Process process = Start(arguments);
        Task rows = FeedAsync(process);
        WaitUntil(() => _folder.Names.Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)));
        Interrupt(process, signal);
        rows.Wait();
        return process;
    }

    // Rows without end: each one is a chance to notice the interruption.
    private static Task FeedAsync(Process process) => Task.Run(() =>
    {
        string[] rows = SampleRows.ToCsv(SampleRows.Create(1000)).Split('\n', 2);
        try
        {
            process.StandardInput.WriteLine(rows[0]);
            while (true)
            {
                process.StandardInput.Write(rows[1]);
            }
        }
        catch (IOException)
        {
            // The process has ended.
        }
    });

    private static Process Start(params string[] arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Needs POSIX signals.");
        }

        return DimeProcess.Start(arguments);
    }

    private static void WaitUntil(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition() && clock.Elapsed < _longest)
        {
            Thread.Sleep(10);
        }
    }

    private static void Interrupt(Process process, string signal = "-INT")
    {
        using var kill = Process.Start("kill", [signal, $"{process.Id}"]);
        kill.WaitForExit();
        Assert.IsTrue(process.WaitForExit(_longest), "The process does not end.");
    }
}
