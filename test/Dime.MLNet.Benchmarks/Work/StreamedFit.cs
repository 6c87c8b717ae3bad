using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>A fit with all defaults to rows that exist one at a time, in a process of its own, whose peak of memory is told.</summary>
internal static class StreamedFit
{
    /// <summary>The argument that makes this program the child process.</summary>
    public const string Argument = "--streamed-fit";

    // A row is the sum of two patterns, which is cheap beside the fit; without a common divisor there are 262 135 pairs.
    private const int FirstPatterns = 509;
    private const int SecondPatterns = 515;
    private const int WarmUpRows = 10_000;
    private const double MinSeconds = 3;

    /// <summary>Runs the child process.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static StreamedFitResult Measure(int rows)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Argument, rows.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<StreamedFitResult>(output)!
            : throw new InvalidOperationException($"The streamed fit of {rows} rows ended with exit code {process.ExitCode}.");
    }

    /// <summary>What the child process does: it fits once to warm up, then by the clock, and prints the result.</summary>
    public static void Run(int rows)
    {
        float[] patterns = Embeddings.Train(new Shape(FirstPatterns + SecondPatterns, Shapes.StreamedDimension, Rank: null));
        Fit(patterns, WarmUpRows);
        var seconds = new List<double>();
        while (seconds.Sum() < MinSeconds)
        {
            var clock = Stopwatch.StartNew();
            Fit(patterns, rows);
            seconds.Add(clock.Elapsed.TotalSeconds);
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new StreamedFitResult(PairedTimes.Median(seconds), process.PeakWorkingSet64)));
    }

    private static void Fit(float[] patterns, int rows)
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = DataViews.Of(mlContext, Rows(patterns, rows), Shapes.StreamedDimension);
        mlContext.Transforms.DetectOutOfDistribution().Fit(data);
    }

    private static IEnumerable<EmbeddingRow> Rows(float[] patterns, int count)
    {
        var row = new EmbeddingRow { Features = new float[Shapes.StreamedDimension] };
        for (int i = 0; i < count; i++)
        {
            Add(Pattern(i % FirstPatterns), Pattern(FirstPatterns + (i / FirstPatterns % SecondPatterns)), row.Features);
            yield return row;
        }

        ReadOnlySpan<float> Pattern(int index) => patterns.AsSpan(index * Shapes.StreamedDimension, Shapes.StreamedDimension);
    }

    private static void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(first[i..]) + new Vector<float>(second[i..])).CopyTo(sum[i..]);
        }
    }
}
