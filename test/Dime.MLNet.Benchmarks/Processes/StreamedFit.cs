using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Benchmarks.Work;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Processes;

/// <summary>A fit with all defaults to rows that exist one at a time, in a process of its own, whose peak of memory is told.</summary>
internal static class StreamedFit
{
    /// <summary>The argument that makes this program the child process.</summary>
    public const string Argument = "--streamed-fit";

    private const int WarmUpRows = 10_000;
    private const double MinSeconds = 3;

    /// <summary>Runs the child process.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static ProcessFigures Measure(int rows) => ChildProcess.Run<ProcessFigures>(Argument, rows.ToString(CultureInfo.InvariantCulture));

    /// <summary>What the child process does: it fits once to warm up, then by the clock, and prints the result.</summary>
    public static void Run(int rows)
    {
        var patterns = new PatternRows(Shapes.StreamedDimension);
        Fit(patterns, WarmUpRows);
        var seconds = new List<double>();
        while (seconds.Sum() < MinSeconds)
        {
            var clock = Stopwatch.StartNew();
            Fit(patterns, rows);
            seconds.Add(clock.Elapsed.TotalSeconds);
        }

        ChildProcess.Tell(new ProcessFigures(PairedTimes.Median(seconds), ChildProcess.PeakBytes()));
    }

    private static void Fit(PatternRows patterns, int rows)
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = DataViews.Of(mlContext, patterns.From(0, rows), Shapes.StreamedDimension);
        mlContext.Transforms.DetectOutOfDistribution().Fit(data);
    }
}
