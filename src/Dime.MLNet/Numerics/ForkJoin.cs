namespace Dime.MLNet.Numerics;

/// <summary>
/// Runs independent pieces of work on up to a given number of threads, one piece at a time and in order, so that no core
/// waits long at the end. What the pieces are never depends on that number, so neither do the results. Single tasks are
/// helped by the thread pool. A reduction forks and joins once per column, within microseconds: waking others would cost
/// as much as the work, so an instance keeps threads of its own, which watch for the next task.
/// </summary>
internal sealed class ForkJoin : IDisposable
{
    /// <summary>The calling thread.</summary>
    public static readonly ForkJoin Alone = new(1);

    // No task has many more large pieces than this.
    private const int MaxThreads = 16;

    // Some hundred microseconds: longer than the serial part between two tasks, too short to be in anybody's way.
    private const int SpinsBeforeSleep = 2000;
    private const int SpinLength = 8;

    private readonly object _gate = new();
    private readonly Thread[] _helpers;
    private volatile ForkJoinTask? _task;
    private volatile bool _stopped;
    private int _sleeping;

    /// <param name="maxDegreeOfParallelism">The number of threads, or −1 for as many as there are processors.</param>
    public ForkJoin(int maxDegreeOfParallelism)
    {
        int threads = Threads(maxDegreeOfParallelism);
        _helpers = new Thread[Math.Min(threads, MaxThreads) - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = "Dime.MLNet eigensolver" };
            _helpers[i].Start();
        }
    }

    /// <summary>Returns the threads meant by a degree of parallelism, where −1 means all processors.</summary>
    public static int Threads(int maxDegreeOfParallelism)
    {
        if (maxDegreeOfParallelism is 0 or < -1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxDegreeOfParallelism), maxDegreeOfParallelism, "Must be positive, or -1 for all processors.");
        }

        return maxDegreeOfParallelism == -1 ? Environment.ProcessorCount : maxDegreeOfParallelism;
    }

    /// <summary>Calls <paramref name="piece"/> once for each of 0 … <paramref name="pieces"/> − 1 and waits for all; a single task.</summary>
    public static void Run(int pieces, int threads, Action<int> piece)
    {
        var task = new ForkJoinTask(pieces, piece);
        for (int helper = 1; helper < Math.Min(threads, pieces); helper++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(task, preferLocal: false);
        }

        task.Work();
        task.Wait();
    }

    /// <summary>Calls <paramref name="piece"/> once for each of 0 … <paramref name="pieces"/> − 1 and waits for all.</summary>
    public void Run(int pieces, Action<int> piece)
    {
        if (pieces <= 1 || _helpers.Length == 0)
        {
            for (int i = 0; i < pieces; i++)
            {
                piece(i);
            }

            return;
        }

        var task = new ForkJoinTask(pieces, piece);
        _task = task;
        Wake();
        task.Work();
        task.Wait();
    }

    public void Dispose()
    {
        _stopped = true;
        Wake();
        foreach (Thread helper in _helpers)
        {
            helper.Join();
        }
    }

    private void Help()
    {
        ForkJoinTask? done = null;
        while (true)
        {
            AwaitOtherThan(done);
            if (_stopped)
            {
                return;
            }

            done = _task;
            done?.Work();
        }
    }

    private void AwaitOtherThan(ForkJoinTask? done)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (_task != done || _stopped)
            {
                return;
            }

            Thread.SpinWait(SpinLength);
        }

        lock (_gate)
        {
            // Announced before the last look at the task, as the task is set before the last look for sleepers.
            Interlocked.Increment(ref _sleeping);
            while (_task == done && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _sleeping);
        }
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 0)
        {
            return;
        }

        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
