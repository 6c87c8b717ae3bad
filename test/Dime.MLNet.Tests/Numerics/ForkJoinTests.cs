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

    [TestMethod]
    public void A_number_of_threads_that_makes_no_sense_is_refused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ForkJoin(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ForkJoin(-2));
    }
}
