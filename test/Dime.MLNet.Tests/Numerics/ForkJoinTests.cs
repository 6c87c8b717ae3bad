using Dime.MLNet.Numerics;

namespace Dime.MLNet.Tests.Numerics;

[TestClass]
public sealed class ForkJoinTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(7)]
    [DataRow(-1)]
    public void Every_piece_is_done_once_before_the_call_returns(int threads)
    {
        using var forkJoin = new ForkJoin(threads);
        for (int pieces = 0; pieces < 300; pieces++)
        {
            int[] done = new int[pieces];

            forkJoin.Run(pieces, i => Interlocked.Increment(ref done[i]));

            Assert.IsTrue(done.All(times => times == 1));
        }
    }

    [TestMethod]
    public void What_a_piece_throws_reaches_the_caller_and_the_threads_live_on()
    {
        using var forkJoin = new ForkJoin(2);

        Assert.ThrowsExactly<ArithmeticException>(() => forkJoin.Run(50, i => throw (i >= 0 ? new ArithmeticException() : new InvalidOperationException())));

        int sum = 0;
        forkJoin.Run(10, i => Interlocked.Add(ref sum, i));
        Assert.AreEqual(45, sum);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(7)]
    public void Every_piece_of_a_single_task_is_done_once_before_the_call_returns(int threads)
    {
        for (int pieces = 0; pieces < 300; pieces++)
        {
            int[] done = new int[pieces];

            ForkJoin.Run(pieces, threads, i => Interlocked.Increment(ref done[i]));

            Assert.IsTrue(done.All(times => times == 1));
        }

        Assert.ThrowsExactly<ArithmeticException>(() => ForkJoin.Run(50, threads, i => throw (i >= 0 ? new ArithmeticException() : new InvalidOperationException())));
    }

    [TestMethod]
    public void Single_tasks_within_others_come_to_an_end_however_busy_the_pool_is()
    {
        int done = 0;

        ForkJoin.Run(40, 40, _ => ForkJoin.Run(40, 40, _ => Interlocked.Increment(ref done)));

        Assert.AreEqual(1600, done);
    }

    [TestMethod]
    public void One_thread_is_the_calling_thread()
    {
        int caller = Environment.CurrentManagedThreadId;

        ForkJoin.Alone.Run(5, _ => Assert.AreEqual(caller, Environment.CurrentManagedThreadId));
    }

    /// <summary>Pieces that wait for each other need a thread each.</summary>
    [TestMethod]
    [DataRow(2)]
    [DataRow(5)]
    public void As_many_threads_as_asked_for_work_at_once_also_after_a_rest(int threads)
    {
        using var forkJoin = new ForkJoin(threads);
        foreach (int rest in new[] { 0, 0, 20 })
        {
            Thread.Sleep(rest);
            using var all = new Barrier(threads);

            forkJoin.Run(threads, _ => Assert.IsTrue(all.SignalAndWait(TimeSpan.FromSeconds(30))));
        }
    }

    [TestMethod]
    public void A_single_task_is_helped_by_the_pool()
    {
        using var both = new Barrier(2);

        ForkJoin.Run(2, 2, _ => Assert.IsTrue(both.SignalAndWait(TimeSpan.FromSeconds(30))));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    public void No_more_threads_work_than_are_asked_for(int threads)
    {
        using var forkJoin = new ForkJoin(threads);
        int atOnce = 0;
        List<int> seen = [];

        forkJoin.Run(12, _ => Look());
        ForkJoin.Run(12, threads, _ => Look());

        Assert.HasCount(24, seen);
        Assert.IsLessThanOrEqualTo(threads, seen.Max());

        void Look()
        {
            int now = Interlocked.Increment(ref atOnce);
            Thread.Sleep(1);
            lock (seen)
            {
                seen.Add(now);
            }

            Interlocked.Decrement(ref atOnce);
        }
    }

    [TestMethod]
    public void Threads_have_a_name_keep_no_process_alive_and_end_with_the_instance()
    {
        Thread caller = Thread.CurrentThread;
        var workers = new Thread[3];
        using (var forkJoin = new ForkJoin(3))
        using (var all = new Barrier(3))
        {
            forkJoin.Run(3, i =>
            {
                workers[i] = Thread.CurrentThread;
                Assert.IsTrue(Thread.CurrentThread.IsBackground || Thread.CurrentThread == caller);
                Assert.IsTrue(all.SignalAndWait(TimeSpan.FromSeconds(30)));
            });
        }

        Thread[] helpers = [.. workers.Where(worker => worker != caller)];
        Assert.HasCount(2, helpers);
        foreach (Thread helper in helpers)
        {
            Assert.IsFalse(helper.IsAlive);
            Assert.AreEqual("Dime.MLNet eigensolver", helper.Name);
        }
    }

    [TestMethod]
    public void All_processors_are_meant_by_minus_one()
    {
        Assert.AreEqual(Environment.ProcessorCount, ForkJoin.Threads(-1));
        Assert.AreEqual(3, ForkJoin.Threads(3));
    }

    [TestMethod]
    public void A_number_of_threads_that_makes_no_sense_is_refused()
    {
        Assert.Contains("Must be positive, or -1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ForkJoin(0)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ForkJoin(-2));
    }
}
