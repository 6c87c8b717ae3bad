using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>Fits to fewer rows than values, which are found from XXᵀ, are those that XᵀX gives.</summary>
[TestClass]
public sealed class WideFitTests
{
    private const int Dimension = 90;

    /// <summary>Both sides of N = P, and far from it.</summary>
    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(20)]
    [DataRow(Dimension - 1)]
    [DataRow(Dimension)]
    [DataRow(Dimension + 1)]
    public void Models_agree_with_double_precision(int count)
    {
        float[] rows = Embeddings.Features(count, Dimension, 1);
        float[] probe = Embeddings.Features(50, Dimension, 2);
        foreach (float[]? weights in new[] { null, Weights(count) })
        {
            int rank = Math.Max(1, count / 4);
            var exact = new DoublePrecisionDime(rows, Dimension, rank, weights);

            ModelledEmbedding model = Sum(rows, Dimension, weights).Fit(rank: rank);

            Assert.AreEqual(rank, model.Rank);
            Assert.HasCount(Dimension, model.Spectrum!);
            for (int i = 0; i < Dimension; i++)
            {
                Assert.AreEqual(i < exact.AllExplainedVariance.Count ? exact.AllExplainedVariance[i] : 0, model.Spectrum![i], 1e-12);
            }

            float[] distances = model.DistanceToHyperplane(probe), within = model.DistanceWithinHyperplane(probe);
            float[][] split = Embeddings.Split(probe, Dimension);
            for (int i = 0; i < split.Length; i++)
            {
                double distance = exact.Distance(split[i]), withinDistance = exact.WithinDistance(split[i]);
                Assert.AreEqual(distance, distances[i], Math.Max(1e-4 * distance, 1e-6 * Embeddings.Length(split[i])));
                Assert.AreEqual(withinDistance, within[i], (2e-3 * withinDistance) + 1e-4, $"row {i} of {count}");
            }
        }
    }

    /// <summary>The moment's own road, forced by a file of the first version, is the independent computation.</summary>
    [TestMethod]
    [DataRow(2, false)]
    [DataRow(35, false)]
    [DataRow(Dimension - 1, false)]
    [DataRow(2, true)]
    [DataRow(Dimension - 1, true)]
    public void Both_forms_of_the_same_rows_give_the_same_model(int count, bool normalize)
    {
        float[] rows = Embeddings.Features(count, Dimension, 3);
        EmbeddingAccumulator kept = Sum(rows, Dimension, Weights(count), normalize);
        EmbeddingAccumulator sums = Folded(kept);

        Assert.IsNotNull(kept.Rows);
        Assert.IsNull(sums.Rows);
        foreach (double threshold in new[] { 0.8, 0.99, 1 })
        {
            ModelledEmbedding expected = sums.Fit(threshold), actual = kept.Fit(threshold);
            SameModels.Distances(expected, actual, Embeddings.Features(40, Dimension, 4));
            Assert.AreEqual(expected.Normalizes, actual.Normalizes);
            for (int i = 0; i < Dimension; i++)
            {
                Assert.AreEqual(expected.Spectrum![i], actual.Spectrum![i], 1e-13);
            }
        }
    }

    [TestMethod]
    public void Rank_and_directions_do_not_jump_where_the_form_changes()
    {
        // The last rows are copies, so that all three sets span the same.
        float[] rows = Embeddings.OfRank(7, Dimension - 1, Dimension, 5);
        ModelledEmbedding before = Sum(rows, Dimension).Fit(1);
        ModelledEmbedding at = Sum([.. rows, .. rows[..Dimension]], Dimension).Fit(1);
        ModelledEmbedding after = Sum([.. rows, .. rows[..(2 * Dimension)]], Dimension).Fit(1);

        float[] probe = Embeddings.Gaussian(20, Dimension, 6);
        foreach (ModelledEmbedding other in new[] { at, after })
        {
            Assert.AreEqual(7, other.Rank);
            Assert.AreEqual(7, before.Rank);
            float[] expected = before.DistanceToHyperplane(probe), actual = other.DistanceToHyperplane(probe);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(expected[i], actual[i], 1e-5);
            }
        }
    }

    [TestMethod]
    public void A_rank_above_the_numerical_rank_is_refused_by_that_rank()
    {
        float[] rows = Embeddings.OfRank(5, 30, Dimension, 7);

        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sum(rows, Dimension).Fit(rank: 6));

        Assert.AreEqual("rank", error.ParamName);
        Assert.Contains("5", error.Message);
        Assert.AreEqual(5, Sum(rows, Dimension).Fit(rank: 5).Rank);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sum(rows, Dimension).Fit(rank: 31));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sum(rows, Dimension).Fit(rank: Dimension + 1));
    }

    [TestMethod]
    public void Rows_that_fit_nothing_are_refused_as_sums_are()
    {
        Assert.Contains("zero", Assert.ThrowsExactly<InvalidOperationException>(() => Sum(new float[Dimension], Dimension).Fit()).Message);
        Assert.Contains("weight", Assert.ThrowsExactly<InvalidOperationException>(() => Sum(Embeddings.Gaussian(1, Dimension, 1), Dimension, [0]).Fit()).Message);
        Assert.IsFalse(Sum(Embeddings.Gaussian(1, Dimension, 1), Dimension).Fit(rank: 1).HasDistanceWithinHyperplane);
        Assert.IsTrue(Sum(Embeddings.Gaussian(1, Dimension, 1), Dimension, [3]).Fit(rank: 1).HasDistanceWithinHyperplane);
    }

    [TestMethod]
    [DataRow(1e-22f)]
    [DataRow(1e-30f)]
    [DataRow(1e30f)]
    public void Squares_neither_underflow_nor_overflow(float scale)
    {
        float[] rows = [.. Embeddings.Features(20, Dimension, 8)];
        float[] scaled = [.. rows.Select(x => scale * x)];

        ModelledEmbedding expected = Sum(rows, Dimension).Fit(rank: 4), actual = Sum(scaled, Dimension).Fit(rank: 4);

        for (int i = 0; i < 4; i++)
        {
            Assert.AreEqual(expected.ExplainedVariance[i], actual.ExplainedVariance[i], 1e-6);
        }
    }

    [TestMethod]
    public void Embeddings_may_be_longer_than_any_moment()
    {
        const int Long = SecondMoment.MaxDimension + 5;
        float[] rows = Embeddings.Gaussian(6, Long, 9);
        EmbeddingAccumulator sums = Sum(rows, Long);

        ModelledEmbedding model = sums.Fit(rank: 6);

        float[] distances = model.DistanceToHyperplane(rows);
        Assert.AreEqual(0, distances.Max(), 1e-5 * Math.Sqrt(Long));
        float[] others = model.DistanceToHyperplane(Embeddings.Gaussian(1, Long, 10));
        Assert.AreEqual(Math.Sqrt(Long - 6), others[0], 3);
        using var stream = new MemoryStream();
        model.Save(stream);
        stream.Position = 0;
        PrecisionAssert.SameBits(distances, ModelledEmbedding.Load(stream).DistanceToHyperplane(rows));
    }

    [TestMethod]
    public void Directions_of_a_small_eigenvalue_are_those_of_the_data()
    {
        // A direction that is 1e-4 of the others in length: 1e-8 of their eigenvalues.
        const int Long = 700;
        float[] basis = Oracle(Long, 12);
        float[] rows = Embeddings.Fill(12, Long, (i, j) => (i == 11 ? 1e-4f : 1f) * basis[(j * 12) + i]);

        ModelledEmbedding model = Sum(rows, Long).Fit(rank: 12);

        double cosine = Enumerable.Range(0, Long).Sum(j => (double)model.BasisVectors.Span[(j * 12) + 11] * basis[(j * 12) + 11]);
        Assert.AreEqual(1, Math.Abs(cosine), 1e-6);

        static float[] Oracle(int dimension, int rank) => Numerics.Oracle.OrthonormalBasis(dimension, rank, 11);
    }

    [TestMethod]
    public void The_eigenvalues_of_a_Gram_matrix_count_by_the_longer_side()
    {
        // 2e-14 of the largest: above 10·2⁻⁵², and rounding for rows of 1000 values.
        double[] diagonal = [1, .. Enumerable.Repeat(2e-14, 9)];
        var matrix = new UpperMatrix(10, 1, Dime.MLNet.Numerics.Simd.TileKernels.Double);
        for (int i = 0; i < 10; i++)
        {
            matrix.Row(i)[0] = diagonal[i];
        }

        Assert.AreEqual(10, SymmetricEigen.Largest(matrix, 10, 10).Count);
        Assert.AreEqual(1, SymmetricEigen.Largest(matrix, 1000, 10).Count);
        Assert.AreEqual(1, SymmetricEigen.ForShare(matrix, 1000, 1).NumericalRank);
    }

    private static float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => 0.5f + (i % 3))];

    private static EmbeddingAccumulator Sum(float[] rows, int dimension, float[]? weights = null, bool normalize = false)
    {
        var sums = new EmbeddingAccumulator(dimension, normalize);
        if (weights is null)
        {
            sums.Add(rows);
        }
        else
        {
            sums.Add(rows, weights);
        }

        return sums;
    }

    /// <summary>The same sums without the rows: merged into those of enough rows of weight 0.</summary>
    private static EmbeddingAccumulator Folded(EmbeddingAccumulator sums)
    {
        EmbeddingAccumulator folded = Sum(new float[sums.Dimension * sums.Dimension], sums.Dimension, new float[sums.Dimension], sums.Normalizes);
        folded.Merge(sums);
        return folded;
    }
}
