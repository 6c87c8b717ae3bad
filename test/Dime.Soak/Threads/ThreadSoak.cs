using System.Diagnostics;
using System.Globalization;
using Dime.Soak.Measuring;
using Dime.Soak.Models;

namespace Dime.Soak.Threads;

/// <summary>Many threads that use the same models, for a time; then the process must hold what it held after a first while.</summary>
internal static class ThreadSoak
{
    private const int Threads = 16;

    // Before that, memory still grows as pools of 16 threads fill up.
    private static readonly TimeSpan _judgesMemoryFrom = TimeSpan.FromMinutes(5);

    /// <exception cref="SoakException">A row is not what it was, or the process has grown.</exception>
    public static void Run(TimeSpan time)
    {
        IReadOnlyList<Subject> subjects = Subjects.Create();
        Console.WriteLine($"{Threads} threads on {Environment.ProcessorCount} cores, models: {string.Join(", ", subjects.Select(subject => subject.Name))}");
        bool judgesMemory = time >= _judgesMemoryFrom;
        RunOnce(subjects, time / 5, seed: 1);
        var start = ProcessFigures.OfThis(before: null, judgesMemory);
        Console.WriteLine($"after a first while  {start}");
        RunOnce(subjects, time, seed: 1000);
        var end = ProcessFigures.OfThis(start, judgesMemory);
        Console.WriteLine($"at the end           {end}");
        if (end.Excess(start, judgesMemory) is { } excess)
        {
            throw new SoakException($"The process has grown: {excess}.");
        }
    }

    private static void RunOnce(IReadOnlyList<Subject> subjects, TimeSpan time, int seed)
    {
        SharedSubject[] shared = [.. subjects.Select(subject => new SharedSubject(subject))];
        Worker[] workers = [.. Enumerable.Range(0, Threads).Select(i => new Worker(shared, seed + i))];
        var clock = Stopwatch.StartNew();
        Exception? failure = null;
        Thread[] threads = [.. workers.Select(worker => new Thread(() =>
        {
            try
            {
                while (clock.Elapsed < time && Volatile.Read(ref failure) is null)
                {
                    worker.Step();
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        Watch(threads, clock);
        foreach (Worker worker in workers)
        {
            worker.Dispose();
        }

        if (failure is not null)
        {
            throw new SoakException(failure is SoakException ? failure.Message : failure.ToString());
        }

        foreach (SharedSubject subject in shared)
        {
            subject.End();
        }

        string counts = string.Join(", ", Worker.Actions.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{workers.Sum(worker => worker.Counts[i]):N0} {name}")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:0} s: {workers.Sum(worker => worker.Rows):N0} rows compared; {counts}"));
    }

    // A line a minute, that growth can be seen.
    private static void Watch(Thread[] threads, Stopwatch clock)
    {
        var next = TimeSpan.FromMinutes(1);
        foreach (Thread thread in threads)
        {
            while (!thread.Join(200))
            {
                if (clock.Elapsed > next)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{next.TotalMinutes:0} min: {ProcessFigures.Of(Environment.ProcessId)}"));
                    next += TimeSpan.FromMinutes(1);
                }
            }
        }
    }
}
