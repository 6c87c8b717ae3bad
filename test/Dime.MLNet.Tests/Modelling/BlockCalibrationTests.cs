using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>Calibration on arrays that come block by block.</summary>
[TestClass]
public sealed class BlockCalibrationTests
{
    // The hyperplane is the first axis, so the distance to it is the second value.
    private readonly ModelledEmbedding _axis = ModelledEmbedding.Fit([-1, 0, 1, 0], 2, rank: 1);

    [TestMethod]
    public void Percentiles_are_those_of_the_rows_of_all_blocks()
    {
        // Distances 1, 7, 3 and 4; the row that is not finite counts nowhere.
        ModelledEmbedding model = _axis.Calibrate(Blocks([0, 1], [], [-2, 7, 3, 3, float.NaN, 5], [0, 4]), 7);

        CollectionAssert.AreEqual(new[] { 1, 2, 3, 3.5f, 4, 5.5f, 7 }, model.DistancePercentiles.ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(64)]
    [DataRow(1000)]
    public void Blocks_give_the_bits_of_all_rows_at_once(int blockRows)
    {
        const int Dimension = 40;
        var model = ModelledEmbedding.Fit(Embeddings.Features(200, Dimension, 1), Dimension, rank: 12);
        float[] rows = Embeddings.Features(300, Dimension, 3);

        ModelledEmbedding expected = model.Calibrate(rows, 500);
        ModelledEmbedding actual = model.Calibrate(rows.Chunk(blockRows * Dimension).Select(block => (ReadOnlyMemory<float>)block), 500);

        PrecisionAssert.SameBits(expected.DistancePercentiles.Span, actual.DistancePercentiles.Span);
        PrecisionAssert.SameBits(expected.WithinDistancePercentiles.Span, actual.WithinDistancePercentiles.Span);
    }

    [TestMethod]
    public void One_array_may_serve_for_all_blocks_which_are_enumerated_once()
    {
        var blocks = new CountedRows<ReadOnlyMemory<float>>(Reused());

        ModelledEmbedding model = _axis.Calibrate(blocks, 3);

        Assert.AreEqual((1, 3), (blocks.Enumerations, blocks.HandedOut));
        CollectionAssert.AreEqual(new[] { 1, 2, 3f }, model.DistancePercentiles.ToArray());

        static IEnumerable<ReadOnlyMemory<float>> Reused()
        {
            float[] buffer = new float[2];
            for (int i = 1; i <= 3; i++)
            {
                buffer[1] = i;
                yield return buffer;
            }
        }
    }

    [TestMethod]
    public void There_are_5000_percentiles_unless_told_otherwise() =>
        Assert.AreEqual(5000, _axis.Calibrate(Blocks([0, 1], [0, 2])).DistancePercentiles.Length);

    [TestMethod]
    public void Block_that_does_not_fit_is_named()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _axis.Calibrate(Blocks([0, 1], [0, 1, 2])));

        Assert.AreEqual("blocks", error.ParamName);
        Assert.Contains("length 3 of block 1, counted from 0,", error.Message);
        Assert.Contains("row width 2", error.Message);
    }

    [TestMethod]
    public void Nothing_to_calibrate_on_is_an_error()
    {
        foreach (IEnumerable<ReadOnlyMemory<float>> blocks in (IEnumerable<ReadOnlyMemory<float>>[])[[], Blocks([]), Blocks([float.NaN, 0], [0, float.NegativeInfinity])])
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _axis.Calibrate(blocks));
            Assert.AreEqual("blocks", error.ParamName);
            Assert.Contains("at least one row of finite values", error.Message);
        }

        Assert.AreEqual("blocks", Assert.ThrowsExactly<ArgumentNullException>(() => _axis.Calibrate((IEnumerable<ReadOnlyMemory<float>>)null!)).ParamName);
        Assert.AreEqual("percentileCount", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _axis.Calibrate(Blocks([0, 1]), 1)).ParamName);
    }

    private static IEnumerable<ReadOnlyMemory<float>> Blocks(params float[][] blocks) => blocks.Select(block => (ReadOnlyMemory<float>)block);
}
