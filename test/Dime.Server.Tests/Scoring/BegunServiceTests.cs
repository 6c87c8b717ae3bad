using Dime.Server.Scoring;

namespace Dime.Server.Tests.Scoring;

[TestClass]
public sealed class BegunServiceTests
{
    [TestMethod]
    public async Task Work_is_done_also_where_the_host_ends_at_once()
    {
        for (int i = 0; i < 200; i++)
        {
            using var service = new CountingService();

            await service.StartAsync(CancellationToken.None);
            service.Dispose();
            await service.ExecuteTask!;

            Assert.AreEqual(1, service.Runs);
        }
    }

    private sealed class CountingService : BegunService
    {
        public int Runs { get; private set; }

        protected override async Task RunAsync()
        {
            await Task.Yield();
            Runs++;
        }
    }
}
