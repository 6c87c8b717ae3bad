using Dime.Server.Models;
using Dime.Server.Scoring;

namespace Dime.Server.Tests.Scoring;

[TestClass]
public sealed class RowQueueTests
{
    [TestMethod]
    public async Task A_full_queue_takes_no_more_until_a_batch_is_taken()
    {
        var queue = new RowQueue(Limits(queueRows: 10, rows: 4));

        Assert.IsTrue(queue.TryAdd(Request(7)));
        Assert.IsFalse(queue.TryAdd(Request(4)));
        Assert.IsTrue(queue.TryAdd(Request(3)));
        Assert.IsFalse(queue.TryAdd(Request(1)));
        Assert.AreEqual(10, queue.Rows);

        List<PendingRow> batch = [];
        Assert.IsTrue(await queue.TakeAsync(batch));
        Assert.HasCount(4, batch);
        Assert.IsTrue(queue.TryAdd(Request(4)));
        Assert.IsFalse(queue.TryAdd(Request(1)));
    }

    [TestMethod]
    public async Task Rows_leave_in_their_order_and_a_closed_queue_is_emptied()
    {
        var queue = new RowQueue(Limits(queueRows: 100, rows: 8));
        ScoreRequest[] requests = [Request(3), Request(20), Request(1), Request(5)];
        foreach (ScoreRequest request in requests)
        {
            Assert.IsTrue(queue.TryAdd(request));
        }

        queue.Close();
        Assert.IsFalse(queue.TryAdd(Request(1)));
        List<PendingRow> all = [];
        List<PendingRow> batch = [];
        while (await queue.TakeAsync(batch))
        {
            Assert.IsLessThanOrEqualTo(8, batch.Count);
            all.AddRange(batch);
        }

        CollectionAssert.AreEqual(requests.SelectMany(request => request.Rows.Select((_, i) => new PendingRow(request, i))).ToArray(), all.ToArray());
        Assert.AreEqual(0, queue.Rows);
    }

    [TestMethod]
    public async Task Half_as_many_rows_as_came_together_are_waited_for_the_next_time()
    {
        var queue = new RowQueue(Limits(queueRows: 100, rows: 64) with { Wait = TimeSpan.FromSeconds(60) });
        List<PendingRow> batch = [];
        Assert.IsTrue(queue.TryAdd(Request(6)));
        Assert.IsTrue(await queue.TakeAsync(batch));
        Assert.HasCount(6, batch);

        Assert.IsTrue(queue.TryAdd(Request(1)));
        ValueTask<bool> taking = queue.TakeAsync(batch);
        Assert.IsFalse(taking.IsCompleted);
        Assert.IsTrue(queue.TryAdd(Request(2)));

        Assert.IsTrue(await taking);
        Assert.HasCount(3, batch);
    }

    private static BatchLimits Limits(int queueRows, int rows) => new(queueRows, rows, long.MaxValue, TimeSpan.FromMilliseconds(1));

    private static ScoreRequest Request(int rows) =>
        new([.. Enumerable.Range(0, rows).Select(i => new RowInput($"{i}") { Embedding = [i] })], wantsOutputs: false, CancellationToken.None);
}
