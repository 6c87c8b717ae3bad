namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Ours and a peer at the same work on images, in turns.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Peer">What it is compared with.</param>
/// <param name="Rows">The number of images.</param>
/// <param name="Times">The peer's time first, then ours.</param>
/// <param name="OurBytes">What ours allocates.</param>
/// <param name="PeerBytes">What the peer allocates.</param>
internal sealed record OnnxComparison(string Work, string Peer, int Rows, PairedTimes Times, long OurBytes, long PeerBytes)
{
    private const int FewPairs = 15;

    /// <param name="work">What is done.</param>
    /// <param name="peerName">What it is compared with.</param>
    /// <param name="rows">The number of images.</param>
    /// <param name="ours">Our work.</param>
    /// <param name="peer">The peer's.</param>
    /// <param name="pairs">How often they take turns; a difference of 1 % needs many.</param>
    public static OnnxComparison Measure(string work, string peerName, int rows, Action ours, Action peer, int pairs = FewPairs)
    {
        var times = PairedTimes.Measure(peer, ours, pairs);
        return new OnnxComparison(work, peerName, rows, times, BytesOf(ours), BytesOf(peer));
    }

    private static long BytesOf(Action work)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        work();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
