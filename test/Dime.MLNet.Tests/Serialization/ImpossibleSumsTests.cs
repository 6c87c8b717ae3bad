using Dime.MLNet.Serialization;

namespace Dime.MLNet.Tests.Serialization;

/// <summary>Files whose seal is right and whose content cannot be.</summary>
[TestClass]
public sealed class ImpossibleSumsTests
{
    [TestMethod]
    [DataRow(-5L, 0L, 1.0, 1.0, 1.0)]
    [DataRow(1L, -3L, 1.0, 1.0, 1.0)]
    [DataRow(1L, 0L, -1.0, 1.0, 1.0)]
    [DataRow(1L, 0L, double.NaN, 1.0, 1.0)]
    [DataRow(1L, 0L, double.PositiveInfinity, 1.0, 1.0)]
    [DataRow(1L, 0L, 1.0, double.NaN, 1.0)]
    [DataRow(1L, 0L, 1.0, 1.0, double.NaN)]
    [DataRow(1L, 0L, 1.0, 1.0, double.PositiveInfinity)]
    [DataRow(1L, 0L, 1.0, 1.0, -1.0)]
    [DataRow(long.MaxValue, 0L, 1.0, 1.0, 1.0)]
    [DataRow(1L, long.MaxValue, 1.0, 1.0, 1.0)]
    [DataRow(1L, 0L, 1e200, 1.0, 1.0)]
    [DataRow(1L, 0L, 1.0, -1e200, 1.0)]
    [DataRow(1L, 0L, 1.0, 1.0, 1e200)]
    public void Sums_that_no_rows_have_are_rejected(long count, long skipped, double weight, double sum, double square)
    {
        using var stream = new MemoryStream();
        using (var writer = new SealedWriter(stream, "DIMESUMS"u8, 1))
        {
            writer.Write(2);
            writer.Write(count);
            writer.Write(skipped);
            writer.Write(weight);
            writer.Write(new[] { sum, 1.0 });
            writer.Write(new[] { square, 0.0, 1.0 });
            writer.Seal();
        }

        Hostile.AssertRejected(stream.ToArray(), content => EmbeddingAccumulator.Load(content));
    }
}
