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
    /// <summary>Each goes first in every other pair, because who comes second finds other caches and another clock rate.</summary>
    /// <param name="first">The first piece of work.</param>
    /// <param name="second">The second.</param>
    /// <param name="pairs">How often they take turns.</param>
    /// <param name="clock">What to measure by, where that is not the time that passes.</param>
    public static PairedTimes Measure(Action first, Action second, int pairs, Func<TimeSpan>? clock = null)
    {
        clock ??= () => Stopwatch.GetElapsedTime(0);
        first();
        second();
        var times = new (double First, double Second)[pairs];
        for (int i = 0; i < pairs; i++)
        {
            if (i % 2 == 0)
            {
                times[i].First = Time(first, clock);
                times[i].Second = Time(second, clock);
            }
            else
            {
                times[i].Second = Time(second, clock);
                times[i].First = Time(first, clock);
            }
        }

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

    private static double Time(Action work, Func<TimeSpan> clock)
    {
        // Not by the clock: the threads of the other's session spin for a while after its work, in the way of this one's.
        work();
        TimeSpan start = clock();
        work();
        return (clock() - start).TotalSeconds;
    }
}
