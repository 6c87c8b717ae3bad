using Dime.Cluster.Tests.Fixtures;

namespace Dime.Cluster.Tests.Commands;

/// <summary>What is wrong with a command line or its surroundings is told in one sentence.</summary>
[TestClass]
public sealed class RefusalTests
{
    [TestMethod]
    [DataRow(2, "--allow", "worker")]
    [DataRow(2, "exclude each other", "worker", "--allow", ".", "--redis", "127.0.0.1:1", "--localhost")]
    [DataRow(2, "all addresses", "worker", "--allow", ".", "--bind", "0.0.0.0")]
    [DataRow(3, "There is no folder", "worker", "--allow", "/no/such/folder")]
    [DataRow(3, "There is no Redis at 127.0.0.1:1;", "worker", "--allow", ".", "--redis", "password=geheim,connectRetry=1,connectTimeout=1000,127.0.0.1:1")]
    [DataRow(3, "as in host:6379,ssl=true", "worker", "--allow", ".", "--redis", "password=geheim")]
    [DataRow(3, "as in host:6379,ssl=true", "worker", "--allow", ".", "--redis", "127.0.0.1:1,passwort=geheim")]
    [DataRow(3, "There is no PostgreSQL", "worker", "--allow", ".", "--postgres", "Host=127.0.0.1;Port=1;Username=nobody")]
    [DataRow(3, "There is no shard", "fit", "--shards", "/no/such/*.csv", "--output", "model.zip")]
    public void Fault_is_told(int exitCode, string words, params string[] arguments)
    {
        using var process = ClusterProcess.Start(arguments);

        Assert.AreEqual(exitCode, process.Wait(), process.Text);
        Assert.HasCount(1, process.Lines, process.Text);
        Assert.Contains(words, process.Lines[0]);
        Assert.DoesNotContain("geheim", process.Lines[0]);
    }
}
