using System.Net;
using System.Net.NetworkInformation;
using Dime.Cluster.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>How processes meet, and what is said where they do not.</summary>
[TestClass]
public sealed class MeetingTests
{
    private const string Password = "geheim";

    [TestMethod]
    public void Cluster_without_workers_is_told()
    {
        using var cluster = new TestCluster();
        cluster.WriteShards(1, rows: 100);

        ClusterProcess fit = cluster.StartFit();

        Assert.AreEqual(3, fit.Wait(), fit.Text);
        Assert.StartsWith("There is no worker in the cluster", fit.Lines[^1]);
        Assert.IsFalse(File.Exists(cluster.Model));
    }

    [TestMethod]
    public void Worker_is_reached_from_this_machine_only()
    {
        using var cluster = new TestCluster();
        ClusterProcess worker = cluster.StartWorker();

        string[] words = worker.Lines.Single(line => line.Contains("has joined", StringComparison.Ordinal)).Split(' ');
        var endPoint = IPEndPoint.Parse(words[1]);
        IPEndPoint[] listening = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == endPoint.Port)];

        Assert.AreEqual(IPAddress.Loopback, endPoint.Address);
        Assert.AreSequenceEqual([endPoint], listening);
    }

    [TestMethod]
    public void Passwords_are_used_and_not_shown()
    {
        using var redis = RedisServer.StartOrSkip("--requirepass", Password);
        string[] worker = ["worker", "--allow", ".", "--cluster", Guid.NewGuid().ToString("N")];

        using var none = ClusterProcess.Start([.. worker, "--redis", redis.Address]);
        using var wrong = ClusterProcess.Start([.. worker, "--redis", $"password=x{Password},{redis.Address}"]);
        using var right = ClusterProcess.StartWithRedis($"password={Password},{redis.Address}", worker);

        foreach (ClusterProcess refused in (ClusterProcess[])[none, wrong])
        {
            Assert.AreEqual(3, refused.Wait(), refused.Text);
            Assert.HasCount(1, refused.Lines, refused.Text);
            Assert.StartsWith($"The Redis at {redis.Address} wants another password", refused.Lines[0]);
            Assert.DoesNotContain(Password, refused.Lines[0]);
        }

        right.WaitFor($"by Redis at {redis.Address}.");
        Assert.DoesNotContain(Password, right.Text);
    }
}
