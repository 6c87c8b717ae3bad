namespace Dime.MLNet.Numerics;

/// <summary>Shares numbered pieces of work out over threads, one at a time and in order, so that no core waits long at the end.</summary>
internal static class WorkQueue
{
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

    public static void Run(int count, int threads, Action<int> work)
    {
        int last = -1;
        Parallel.For(0, Math.Min(threads, count), _ =>
        {
            for (int i = Interlocked.Increment(ref last); i < count; i = Interlocked.Increment(ref last))
            {
                work(i);
            }
        });
    }
}
