namespace Dime.MLNet.Tests.Modelling;

/// <summary>A row gets the same bits whatever stands beside it and whoever asks.</summary>
[TestClass]
public sealed class ReproducibilityTests
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(7, 3)]
    [DataRow(37, 20)]
    [DataRow(100, 33)]
    [DataRow(130, 65)]
    public void A_row_has_the_same_bits_alone_and_in_a_batch_of_any_size(int dimension, int rank)
    {
        ModelledEmbedding model = Calibrated(dimension, rank);
        float[] rows = Embeddings.Features(131, dimension, 3);
        float[][] alone = [.. Embeddings.Split(rows, dimension).Select(row => Everything(model, row))];

        foreach (int size in (int[])[2, 3, 5, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130, 131])
        {
            AssertRows(alone, Everything(model, rows[..(size * dimension)]), size, $"of a batch of {size}");
        }
    }

    [TestMethod]
    public void A_row_has_the_same_bits_in_a_batch_for_many_threads()
    {
        const int Dimension = 100;
        const int Count = 3000;
        ModelledEmbedding model = Calibrated(Dimension, 33);
        float[] rows = Embeddings.Gaussian(Count, Dimension, 3);
        float[][] alone = [.. Embeddings.Split(rows, Dimension).Select(row => Everything(model, row))];

        AssertRows(alone, Everything(model, rows), Count, "of all");
    }

    [TestMethod]
    public void A_row_has_the_same_bits_wherever_it_lies_in_memory()
    {
        ModelledEmbedding model = Calibrated(37, 20);
        float[] row = Embeddings.Features(1, 37, 3);
        float expected = model.DistanceToHyperplane(row)[0];

        for (int offset = 0; offset < 16; offset++)
        {
            float[] memory = [.. new float[offset], .. row];
            Assert.AreEqual(expected, model.DistanceToHyperplane(memory.AsSpan(offset))[0]);
        }
    }

    [TestMethod]
    public void Any_number_of_threads_may_use_a_model_at_once()
    {
        ModelledEmbedding model = Calibrated(50, 12);
        float[] rows = Embeddings.Features(200, 50, 3);
        float[] expected = Everything(model, rows);
        float[][] actual = new float[16][];

        Parallel.For(0, actual.Length, i => actual[i] = Everything(model, rows));

        foreach (float[] values in actual)
        {
            PrecisionAssert.SameBits(expected, values);
        }
    }

    [TestMethod]
    public void Two_fits_of_the_same_rows_have_the_same_bits()
    {
        float[] rows = Embeddings.Features(3000, 40, 1);
        var first = ModelledEmbedding.Fit(rows, 40);
        var second = ModelledEmbedding.Fit(rows, 40);

        PrecisionAssert.SameBits(first.BasisVectors.Span, second.BasisVectors.Span);
        CollectionAssert.AreEqual(first.ExplainedVariance.ToArray(), second.ExplainedVariance.ToArray());
        PrecisionAssert.SameBits(first.DistanceWithinHyperplane(rows), second.DistanceWithinHyperplane(rows));
    }

    [TestMethod]
    public void Arguments_are_not_changed()
    {
        float[] rows = Embeddings.Features(130, 20, 1);
        float[] copy = [.. rows];

        ModelledEmbedding model = ModelledEmbedding.Fit(rows, 20, rank: 5).Calibrate(rows);
        Everything(model, rows);

        PrecisionAssert.SameBits(copy, rows);
    }

    [TestMethod]
    public void A_model_does_not_change_with_the_rows_it_was_fitted_to()
    {
        float[] rows = Embeddings.Features(130, 20, 1);
        float[] probe = Embeddings.Features(30, 20, 2);
        ModelledEmbedding model = ModelledEmbedding.Fit(rows, 20, rank: 5).Calibrate(rows);
        float[] before = Everything(model, probe);

        Array.Clear(rows);

        PrecisionAssert.SameBits(before, Everything(model, probe));
    }

    [TestMethod]
    public void Explained_variance_cannot_be_written_to()
    {
        IReadOnlyList<double> shares = Calibrated(7, 3).ExplainedVariance;

        Assert.IsNotInstanceOfType<double[]>(shares);
        Assert.ThrowsExactly<NotSupportedException>(() => ((IList<double>)shares)[0] = 0);
    }

    private static ModelledEmbedding Calibrated(int dimension, int rank) => ModelledEmbedding
        .Fit(Embeddings.Features(150, dimension, 1), dimension, rank: rank)
        .Calibrate(Embeddings.Features(150, dimension, 2));

    /// <summary>All the scores, then both distances, both probabilities and the squared distances.</summary>
    private static float[] Everything(ModelledEmbedding model, float[] rows) =>
    [
        .. model.Transform(rows),
        .. model.DistanceToHyperplane(rows),
        .. model.DistanceWithinHyperplane(rows),
        .. model.ProbabilityOfDistanceToHyperplane(rows),
        .. model.ProbabilityOfDistanceWithinHyperplane(rows),
        .. model.ResidualSumOfSquares(rows),
    ];

    private static void AssertRows(float[][] alone, float[] batch, int size, string message)
    {
        const int Measures = 5;
        int rank = alone[0].Length - Measures;
        for (int i = 0; i < size; i++)
        {
            float[] row =
            [
                .. batch[(i * rank)..((i + 1) * rank)],
                .. Enumerable.Range(0, Measures).Select(measure => batch[(size * (rank + measure)) + i]),
            ];
            PrecisionAssert.SameBits(alone[i], row, $"of row {i} {message}");
        }
    }
}
