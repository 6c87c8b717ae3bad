using Dime.Cluster.Coordination;

namespace Dime.Cluster.Tests.Coordination;

[TestClass]
public sealed class ShardTaskTests
{
    private static readonly DateTimeOffset _now = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Lost_shard_is_tried_again_for_a_time_however_often()
    {
        var task = new ShardTask(new Shard("a", "/a"), "", "/a.sums");
        for (int i = 0; i < 50; i++)
        {
            task.Attempts++;
            Assert.IsTrue(task.IsTriedAgain(_now + (i * TimeSpan.FromSeconds(1)), _minute));
        }

        Assert.IsFalse(task.IsTriedAgain(_now + _minute, _minute));
    }

    [TestMethod]
    public void Lost_shard_is_tried_again_once_at_least() =>
        Assert.IsTrue(new ShardTask(new Shard("a", "/a"), "", "/a.sums") { Attempts = 1 }.IsTriedAgain(_now, TimeSpan.Zero));

    [TestMethod]
    public void Pauses_grow_up_to_a_limit()
    {
        var task = new ShardTask(new Shard("a", "/a"), "", "/a.sums");
        double[] pauses = new double[40];
        for (int i = 0; i < pauses.Length; i++)
        {
            task.Attempts++;
            task.IsTriedAgain(_now, _minute);
            pauses[i] = (task.NotBefore - _now).TotalSeconds;
        }

        CollectionAssert.AreEqual(new[] { 0.25, 0.5, 1, 2, 4, 8, 10, 10 }, pauses[..8]);
        Assert.AreEqual(10, pauses[^1]);
    }
}
