using Dime.MLNet.Modelling;
using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>What a file says of the sums of embeddings: believed up to the last number that rows can have, and not beyond.</summary>
[TestClass]
public sealed class RestoredSumsTests
{
    private static readonly RestoredSums _good = new(2, Normalizes: false, Count: 3, SkippedCount: 1) { Weight = 3, Sum = [1, 2], Upper = [5, 0, 6] };

    [TestMethod]
    public void Sums_that_rows_have_are_believed()
    {
        EmbeddingAccumulator sums = _good.ToSums(Invalid);

        Assert.AreEqual(3, sums.Count);
        Assert.AreEqual(1, sums.SkippedCount);
        Assert.AreEqual(3, sums.TotalWeight);
        Assert.AreEqual(1L << 53, (_good with { Count = 1L << 53 }).ToSums(Invalid).Count);
        Assert.AreEqual(1L << 53, (_good with { SkippedCount = 1L << 53 }).ToSums(Invalid).SkippedCount);
        Assert.AreEqual(1e150, (_good with { Weight = 1e150, Sum = [1e150, -1e150] }).ToSums(Invalid).TotalWeight);
        Assert.AreEqual(0, (_good with { Weight = 0 }).ToSums(Invalid).TotalWeight);
    }

    [TestMethod]
    public void Sums_that_no_rows_have_are_rejected_with_the_reason()
    {
        AssertRejected(_good with { SkippedCount = -1 }, "its number of skipped rows is -1");
        AssertRejected(_good with { SkippedCount = (1L << 53) + 1 }, $"its number of skipped rows is {(1L << 53) + 1}");
        AssertRejected(_good with { Count = -1 }, "its number of rows is -1");
        AssertRejected(_good with { Count = (1L << 53) + 1 }, $"its number of rows is {(1L << 53) + 1}");
        AssertRejected(_good with { Weight = -0.5 }, "its sum of weights is -0.5");
        AssertRejected(_good with { Weight = Math.BitIncrement(1e150) }, "its sum of weights is 1.0000000000000002E+150");
        AssertRejected(_good with { Sum = [1, Math.BitDecrement(-1e150)] }, "a sum is not finite, or larger than one of embeddings can be");
        AssertRejected(_good with { Upper = [5, double.NaN, 6] }, "a sum is not finite, or larger than one of embeddings can be");
        AssertRejected(_good with { Upper = [5, 0, -1] }, "a sum of squares is negative");
        AssertRejected(_good with { Upper = [-1, 0, 5] }, "a sum of squares is negative");
    }

    [TestMethod]
    public void More_values_than_a_moment_has_are_rejected()
    {
        int dimension = SecondMoment.MaxDimension + 1;

        AssertRejected(new RestoredSums(dimension, false, 3, 0) { Weight = 3, Sum = new double[dimension] }, $"its dimension is {dimension}");
    }

    [TestMethod]
    public void Rows_that_cannot_have_been_added_are_rejected()
    {
        AssertRejected(Kept([1, 2, float.NaN, 4], [1, 1]), "a value is not finite");
        AssertRejected(Kept([1, 2, 3, 4], [1, -2.5f]), "a weight is -2.5");
        AssertRejected(Kept([1, 2, 3, 4], [float.NaN, 1]), "a weight is NaN");
        Assert.AreEqual(2, Kept([1, 2, 3, 4], [0, 1]).ToSums(Invalid).Count);
    }

    private static RestoredSums Kept(float[] values, float[] weights)
    {
        var rows = new KeptRows(2);
        rows.Add(values, weights);
        return new RestoredSums(2, false, 0, 0) { Rows = rows };
    }

    private static void AssertRejected(RestoredSums sums, string expected) =>
        Assert.AreEqual(expected, Assert.ThrowsExactly<InvalidDataException>(() => sums.ToSums(Invalid)).Message);

    private static InvalidDataException Invalid(string because) => new(because);
}
