using System.Diagnostics;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>
/// The times of two pieces of work that take turns: what else the machine does, and how warm it is, slows both alike, so
/// that differences of 1 % show, which medians of separate processes cannot tell.
/// </summary>
/// <param name="FirstSeconds">The median time of the first.</param>
/// <param name="SecondSeconds">The median time of the second.</param>
/// <param name="Ratio">The median of second / first over the pairs.</param>
internal sealed record PairedTimes(double FirstSeconds, double SecondSeconds, double Ratio)
{
    public static PairedTimes Measure(Action first, Action second, int pairs)
    {
        first();
        second();
        (double First, double Second)[] times = [.. Enumerable.Range(0, pairs).Select(_ => (Time(first), Time(second)))];
        return new PairedTimes(
            Median(times.Select(pair => pair.First)),
            Median(times.Select(pair => pair.Second)),
            Median(times.Select(pair => pair.Second / pair.First)));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
