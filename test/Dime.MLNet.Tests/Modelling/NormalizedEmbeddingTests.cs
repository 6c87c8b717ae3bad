using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>A hyperplane of directions: x / max(‖x‖, 1e-12) in the place of x.</summary>
[TestClass]
public sealed class NormalizedEmbeddingTests
{
    private const int Dimension = 21;
    private const int Rank = 5;

    private readonly float[] _train = WithLengths(Embeddings.Features(200, Dimension, 1), 1);
    private readonly float[] _rows = WithLengths(Embeddings.Features(150, Dimension, 2), 2);

    [TestMethod]
    public void Distances_are_those_of_the_normalised_rows()
    {
        ModelledEmbedding model = Fit(_train);
        var exact = new DoublePrecisionDime(Normalize(_train), Dimension, Rank);

        float[] distances = model.DistanceToHyperplane(_rows);
        float[] within = model.DistanceWithinHyperplane(_rows);
        float[] squares = model.ResidualSumOfSquares(_rows);

        float[][] normalized = Embeddings.Split(Normalize(_rows), Dimension);
        for (int i = 0; i < normalized.Length; i++)
        {
            double expected = exact.Distance(normalized[i]);
            Assert.AreEqual(expected, distances[i], Math.Max(1e-4 * expected, 1e-6), $"row {i}");
            Assert.AreEqual(expected * expected, squares[i], Math.Max(2e-4 * expected * expected, 1e-9), $"row {i}");
            Assert.AreEqual(exact.WithinDistance(normalized[i]), within[i], 1e-4 * within[i], $"row {i}");
        }
    }

    [TestMethod]
    public void Scores_are_those_of_the_normalised_rows()
    {
        ModelledEmbedding model = Fit(_train);
        float[] scores = model.Transform(_rows);

        float[] normalized = Normalize(_rows);
        ReadOnlySpan<float> basis = model.BasisVectors.Span;
        for (int i = 0; i < 150; i++)
        {
            for (int k = 0; k < Rank; k++)
            {
                double expected = 0;
                for (int p = 0; p < Dimension; p++)
                {
                    expected += (double)normalized[(i * Dimension) + p] * basis[(p * Rank) + k];
                }

                Assert.AreEqual(expected, scores[(i * Rank) + k], 1e-6);
            }
        }
    }

    [TestMethod]
    public void The_length_of_a_row_does_not_matter()
    {
        ModelledEmbedding model = Fit(_train).Calibrate(_train, 50);
        Assert.IsTrue(model.Normalizes);

        PrecisionAssert.SameBits(model.DistanceToHyperplane(_rows), model.DistanceToHyperplane([.. _rows.Select(x => x * 1024)]));
        PrecisionAssert.SameBits(model.DistanceWithinHyperplane(_rows), model.DistanceWithinHyperplane([.. _rows.Select(x => x / 1024)]));
        PrecisionAssert.SameBits(
            model.ProbabilityOfDistanceToHyperplane(_rows), model.ProbabilityOfDistanceToHyperplane([.. _rows.Select(x => x * 1024)]));
    }

    [TestMethod]
    public void A_row_of_zeros_has_no_direction_and_the_distance_0()
    {
        ModelledEmbedding model = Fit([.. _train, .. new float[Dimension]]);

        float[] rest = new float[Dimension - 1];
        float unit = model.DistanceToHyperplane([1, .. rest])[0];
        Assert.IsGreaterThan(0.1f, unit);
        Assert.AreEqual(0, model.DistanceToHyperplane([0, .. rest])[0]);

        // A length below 1e-12 counts as 1e-12.
        Assert.AreEqual(1e-3 * unit, model.DistanceToHyperplane([1e-15f, .. rest])[0], 1e-8);
    }

    [TestMethod]
    public void A_row_has_the_same_bits_alone_and_in_a_batch()
    {
        ModelledEmbedding model = Fit(_train);
        float[] distances = model.DistanceToHyperplane(_rows);
        float[] scores = model.Transform(_rows);

        float[][] rows = Embeddings.Split(_rows, Dimension);
        PrecisionAssert.SameBits(distances, [.. rows.SelectMany(row => model.DistanceToHyperplane(row))]);
        PrecisionAssert.SameBits(scores, [.. rows.SelectMany(row => model.Transform(row))]);
    }

    [TestMethod]
    public void Weighted_rows_are_normalised_too()
    {
        var weighted = new EmbeddingAccumulator(Dimension, normalize: true);
        weighted.Add(_train, [.. Enumerable.Repeat(2f, 200)]);
        var twice = new EmbeddingAccumulator(Dimension, normalize: true);
        twice.Add([.. _train, .. _train]);

        SameModels.Sums(twice, weighted);
        Assert.AreEqual(400, weighted.TotalWeight);
        Assert.AreEqual(200, weighted.Count);
    }

    [TestMethod]
    public void Rows_that_are_not_finite_are_left_out_and_infinitely_far()
    {
        float[] soiled = [float.PositiveInfinity, .. new float[Dimension - 1], .. _train, float.NaN, .. new float[Dimension - 1]];
        var sums = new EmbeddingAccumulator(Dimension, normalize: true);
        sums.Add(soiled);

        Assert.AreEqual(2, sums.SkippedCount);
        float[] distances = sums.Fit(rank: Rank).DistanceToHyperplane(soiled);
        Assert.AreEqual(float.PositiveInfinity, distances[0]);
        Assert.AreEqual(float.PositiveInfinity, distances[^1]);
        Assert.IsTrue(distances[1..^1].All(float.IsFinite));
    }

    [TestMethod]
    public void Sums_of_the_other_kind_do_not_merge()
    {
        var plain = new EmbeddingAccumulator(2);
        var normalizing = new EmbeddingAccumulator(2, normalize: true);

        Assert.IsFalse(plain.Normalizes);
        foreach (Action merge in (Action[])[() => plain.Merge(normalizing), () => normalizing.Merge(plain)])
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(merge).Message, "normalised", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_single_row_allocates_nothing()
    {
        ModelledEmbedding model = Fit(_train);
        float[] row = _rows[..Dimension];
        float[] distance = new float[1];

        AllocationAssert.Nothing(() =>
        {
            model.DistanceToHyperplane(row, distance);
            model.DistanceWithinHyperplane(row, distance);
        });
    }

    [TestMethod]
    public void A_file_of_a_model_keeps_that_it_normalises()
    {
        using var stream = new MemoryStream();
        ModelledEmbedding model = Fit(_train);
        model.Save(stream);
        stream.Position = 0;

        var loaded = ModelledEmbedding.Load(stream);

        Assert.IsTrue(loaded.Normalizes);
        PrecisionAssert.SameBits(model.DistanceToHyperplane(_train), loaded.DistanceToHyperplane(_train));
    }

    private static ModelledEmbedding Fit(float[] rows)
    {
        var sums = new EmbeddingAccumulator(Dimension, normalize: true);
        sums.Add(rows);
        return sums.Fit(rank: Rank);
    }

    /// <summary>Rows of lengths between 0.01 and 100.</summary>
    private static float[] WithLengths(float[] rows, int seed)
    {
        var random = new Random(seed);
        double[] lengths = [.. Enumerable.Range(0, rows.Length / Dimension).Select(_ => Math.Pow(10, (4 * random.NextDouble()) - 2))];
        return [.. rows.Select((x, i) => (float)(x * lengths[i / Dimension]))];
    }

    private static float[] Normalize(float[] rows) =>
        [.. Embeddings.Split(rows, Dimension).SelectMany(row => row.Select(x => (float)(x / Embeddings.Length(row))))];
}
