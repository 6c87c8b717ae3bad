using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dime.MLNet.Benchmarks.Data;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>A fit to few rows of many values in a process of its own, whose peak of memory over the data is told.</summary>
internal static class FewRowsFit
{
    /// <summary>The argument that makes this program the child process.</summary>
    public const string Argument = "--few-rows-fit";

    /// <summary>Runs the child process; returns the bytes.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static long Measure()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Argument]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<long>(output)
            : throw new InvalidOperationException($"The fit to few rows ended with exit code {process.ExitCode}.");
    }

    /// <summary>What the child process does: one fit, as a first contact is; it prints the peak over the data, runtime and all.</summary>
    public static void Run()
    {
        Shape shape = Shapes.FewForMemory;
        float[] rows = Embeddings.Train(shape);
        ModelledEmbedding.Fit(rows, shape.Dimension, rank: shape.Rank);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine((process.PeakWorkingSet64 - (sizeof(float) * (long)rows.Length)).ToString(CultureInfo.InvariantCulture));
    }
}
