namespace Dime.MLNet.Tests.Fixtures;

/// <summary>What is allocated.</summary>
internal static class AllocationAssert
{
    private const int Attempts = 5;

    /// <summary>Asserts that work which was done once allocates nothing when it is done again. What a shared pool lent goes to the collector when it runs in between, so a few attempts are allowed.</summary>
    public static void Nothing(Action work)
    {
        work();
        long allocated = 0;
        for (int i = 0; i < Attempts; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0)
            {
                return;
            }
        }

        Assert.Fail($"It allocates {allocated} bytes each time.");
    }
}
