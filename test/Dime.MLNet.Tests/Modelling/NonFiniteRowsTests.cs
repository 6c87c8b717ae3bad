namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class NonFiniteRowsTests
{
    private const int Dimension = 37;

    private readonly ModelledEmbedding _model = ModelledEmbedding
        .Fit(Embeddings.Features(100, Dimension, 1), Dimension, rank: 5)
        .Calibrate(Embeddings.Features(60, Dimension, 2), 50);

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_makes_a_row_infinitely_far_wherever_it_stands(float value)
    {
        for (int position = 0; position < Dimension; position++)
        {
            float[] row = Embeddings.Features(1, Dimension, 3);
            row[position] = value;

            AssertInfinitelyFar(row);
        }
    }

    [TestMethod]
    public void A_row_of_infinities_of_both_signs_is_infinitely_far()
    {
        AssertInfinitelyFar(Embeddings.Fill(1, Dimension, (_, j) => j % 2 == 0 ? float.PositiveInfinity : float.NegativeInfinity));
    }

    [TestMethod]
    public void The_other_rows_of_a_batch_keep_their_bits()
    {
        float[] clean = Embeddings.Features(150, Dimension, 3);
        float[] soiled = [.. clean];
        int[] bad = [0, 1, 63, 64, 100, 149];
        foreach (int row in bad)
        {
            soiled[(row * Dimension) + (row % Dimension)] = float.NaN;
        }

        float[] expected = _model.DistanceToHyperplane(clean);
        float[] expectedWithin = _model.DistanceWithinHyperplane(clean);
        foreach (int row in bad)
        {
            expected[row] = expectedWithin[row] = float.PositiveInfinity;
        }

        PrecisionAssert.SameBits(expected, _model.DistanceToHyperplane(soiled));
        PrecisionAssert.SameBits(expectedWithin, _model.DistanceWithinHyperplane(soiled));
    }

    [TestMethod]
    public void Rows_that_are_not_finite_are_left_out_of_the_fit_and_counted()
    {
        float[] clean = Embeddings.Features(40, 6, 1);
        float[] soiled =
        [
            float.NaN, 1, 2, 3, 4, 5,
            .. clean[..60],
            1, 2, float.PositiveInfinity, 3, 4, 5,
            1, 2, 3, 4, 5, float.NegativeInfinity,
            .. clean[60..],
            1, 2, 3, 4, 5, float.NaN,
        ];
        var sums = new EmbeddingAccumulator(6);
        sums.Add(soiled);

        Assert.AreEqual(40, sums.Count);
        Assert.AreEqual(4, sums.SkippedCount);
        Assert.AreEqual(40, sums.TotalWeight);
        float[] expected = ModelledEmbedding.Fit(clean, 6, rank: 3).DistanceToHyperplane(clean);
        float[] actual = ModelledEmbedding.Fit(soiled, 6, rank: 3).DistanceToHyperplane(clean);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-6);
        }
    }

    [TestMethod]
    public void Rows_that_are_not_finite_take_their_weights_with_them()
    {
        var sums = new EmbeddingAccumulator(2);
        sums.Add([float.NaN, 1, 1, 2, 3, float.NaN, 5, 6], [10, 2, 20, 3]);

        Assert.AreEqual(2, sums.Count);
        Assert.AreEqual(2, sums.SkippedCount);
        Assert.AreEqual(5, sums.TotalWeight);
        CollectionAssert.AreEqual(new double[] { (2 * 1) + (3 * 25), (2 * 2) + (3 * 30), (2 * 2) + (3 * 30), (2 * 4) + (3 * 36) }, SameModels.MatrixOf(sums));
    }

    [TestMethod]
    public void Rows_that_are_not_finite_are_left_out_of_the_calibration()
    {
        float[] clean = Embeddings.Features(60, Dimension, 2);
        float[] bad = Embeddings.Features(2, Dimension, 4);
        bad[0] = float.NaN;
        bad[^1] = float.NegativeInfinity;
        float[] rows = Embeddings.Features(80, Dimension, 3);

        ModelledEmbedding other = _model.Calibrate([.. bad, .. clean, .. bad], 50);

        PrecisionAssert.SameBits(_model.ProbabilityOfDistanceToHyperplane(rows), other.ProbabilityOfDistanceToHyperplane(rows));
        PrecisionAssert.SameBits(_model.ProbabilityOfDistanceWithinHyperplane(rows), other.ProbabilityOfDistanceWithinHyperplane(rows));
    }

    private void AssertInfinitelyFar(float[] row)
    {
        CollectionAssert.AreEqual(new[] { float.PositiveInfinity }, _model.DistanceToHyperplane(row));
        CollectionAssert.AreEqual(new[] { float.PositiveInfinity }, _model.ResidualSumOfSquares(row));
        CollectionAssert.AreEqual(new[] { float.PositiveInfinity }, _model.DistanceWithinHyperplane(row));
        CollectionAssert.AreEqual(new[] { 1f }, _model.ProbabilityOfDistanceToHyperplane(row));
        CollectionAssert.AreEqual(new[] { 1f }, _model.ProbabilityOfDistanceWithinHyperplane(row));
    }
}
