using Dime.MLNet.Numerics;

namespace Dime.MLNet.Tests.Numerics;

[TestClass]
public sealed unsafe class AlignedBufferTests
{
    private static readonly Func<long, AlignedBuffer<float>>[] _kinds = [AlignedBuffer<float>.Lasting, AlignedBuffer<float>.Uninitialized, AlignedBuffer<float>.Zeroed];

    [TestMethod]
    [DataRow(0L)]
    [DataRow(1L)]
    [DataRow(15L)]
    [DataRow(16L)]
    [DataRow(1001L)]
    public void Memory_starts_on_a_cache_line_and_has_its_length(long length)
    {
        // Several of each, as one may start on a line by chance.
        foreach (AlignedBuffer<float> buffer in Enumerable.Range(0, 12).Select(i => _kinds[i % 3](length)).ToList())
        {
            using (buffer)
            {
                Assert.AreEqual(0, (long)buffer.Start % 64);
                Assert.AreEqual(length, buffer.Length);
                Assert.AreEqual(length, buffer.Span.Length);
                buffer.Span.Fill(3);
                fixed (float* start = buffer, span = buffer.Span)
                {
                    Assert.IsTrue(start == buffer.Start);
                    Assert.IsTrue(length == 0 || span == start);
                }
            }

            Assert.IsTrue(buffer.Start == null);
        }
    }

    [TestMethod]
    public void Memory_is_zero_where_it_says_so()
    {
        for (int i = 0; i < 10; i++)
        {
            using var used = AlignedBuffer<float>.Uninitialized(5000);
            used.Span.Fill(7);
            used.Dispose();
            using var zeroed = AlignedBuffer<float>.Zeroed(5000);

            Assert.IsFalse(zeroed.Span.ContainsAnyExcept(0f));
            Assert.IsFalse(AlignedBuffer<float>.Lasting(5000).Span.ContainsAnyExcept(0f));
        }
    }

    [TestMethod]
    public void More_than_can_be_addressed_is_refused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => AlignedBuffer<byte>.Lasting(Array.MaxLength));
        Assert.ThrowsExactly<OverflowException>(() => AlignedBuffer<double>.Uninitialized((1L << 61) + 1));
    }
}
