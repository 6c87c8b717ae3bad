using System.Diagnostics;
using System.Text.Json;

namespace Dime.MLNet.Benchmarks.Processes;

/// <summary>This program once more, for work whose peak of memory is to be told: the child prints its result, which the parent reads.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a child process and waits for what it tells.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static T Run<T>(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<T>(output)!
            : throw new InvalidOperationException($"'{string.Join(' ', arguments)}' ended with exit code {process.ExitCode}.");
    }

    /// <summary>In a child process: the largest working set that it ever had, in bytes.</summary>
    public static long PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>In a child process: tells the result.</summary>
    public static void Tell<T>(T result) => Console.WriteLine(JsonSerializer.Serialize(result));
}

/// <summary>What a process took.</summary>
/// <param name="Seconds">The time of the work, generation of the rows included.</param>
/// <param name="PeakBytes">The largest working set that the process ever had.</param>
internal sealed record ProcessFigures(double Seconds, long PeakBytes)
{
    public override string ToString() => FormattableString.Invariant($"{Seconds:F2} s, {PeakBytes / 1e6:F0} MB");
}
