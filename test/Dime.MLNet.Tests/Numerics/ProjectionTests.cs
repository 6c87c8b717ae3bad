using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Simd;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Numerics.Simd;

namespace Dime.MLNet.Tests.Numerics;

[TestClass]
public sealed class ProjectionTests
{
    private static readonly int[] _edges = [1, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100];

    [TestMethod]
    public void Scores_match_double_loops_for_shapes_around_the_tiles()
    {
        foreach (int dimension in _edges)
        {
            foreach (int rank in _edges)
            {
                foreach (int count in new[] { 1, 2, 3, 7, 8, 13, 64, 70 })
                {
                    float[] rows = Oracle.Random(count * dimension, seed: count);
                    float[] basis = Oracle.Random(dimension * rank, seed: rank);
                    double[] expected = Oracle.Multiply(rows, basis, dimension, rank, out double[] magnitudes);
                    foreach (TileKernel<float> kernel in Kernels.Single())
                    {
                        float[] scores = new float[count * rank];
                        new Projection(basis, dimension, kernel).Project(rows, scores);
                        AssertClose(expected, magnitudes, scores, dimension);
                    }
                }
            }
        }
    }

    [TestMethod]
    public void A_score_is_a_sum_of_chains_of_fused_multiply_adds_on_every_vector_width()
    {
        const int Dimension = 777, Rank = 45, Count = 21;
        float[] rows = Oracle.Random(Count * Dimension, seed: 1);
        float[] basis = Oracle.Random(Dimension * Rank, seed: 2);
        float[] expected = new float[Count * Rank];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int part = 0; part < Dimension; part += PackedMatrix.PartDepth)
            {
                float chain = 0;
                for (int d = part; d < Math.Min(part + PackedMatrix.PartDepth, Dimension); d++)
                {
                    chain = MathF.FusedMultiplyAdd(rows[(i / Rank * Dimension) + d], basis[(d * Rank) + (i % Rank)], chain);
                }

                expected[i] += chain;
            }
        }

        foreach (TileKernel<float> kernel in Kernels.Single())
        {
            float[] scores = new float[Count * Rank];
            new Projection(basis, Dimension, kernel).Project(rows, scores);
            CollectionAssert.AreEqual(expected, scores, kernel.GetType().ToString());
        }
    }

    [TestMethod]
    public void A_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads()
    {
        const int Dimension = 300, Rank = 70, Count = 1003;
        float[] rows = Oracle.Random(Count * Dimension, seed: 3);
        var projection = new Projection(Oracle.Random(Dimension * Rank, seed: 4), Dimension);
        float[] alone = new float[Count * Rank];
        double[] normsAlone = new double[Count];
        double[] residualsAlone = new double[Count];
        for (int r = 0; r < Count; r++)
        {
            Span<float> row = rows.AsSpan(r * Dimension, Dimension);
            Span<float> score = alone.AsSpan(r * Rank, Rank);
            projection.Project(row, score, normsAlone.AsSpan(r, 1));
            projection.ResidualSumsOfSquares(row, score, residualsAlone.AsSpan(r, 1));
        }

        foreach (int threads in new[] { 1, 2, 3, 8, -1 })
        {
            float[] scores = new float[Count * Rank];
            double[] norms = new double[Count];
            double[] residuals = new double[Count];
            projection.Project(rows, scores, norms, threads);
            projection.ResidualSumsOfSquares(rows, scores, residuals, threads);
            CollectionAssert.AreEqual(alone, scores);
            CollectionAssert.AreEqual(normsAlone, norms);
            CollectionAssert.AreEqual(residualsAlone, residuals);
        }
    }

    [TestMethod]
    public void Values_that_are_not_finite_reach_all_scores_of_their_row_and_no_other()
    {
        const int Dimension = 40, Rank = 35, Count = 20;
        float[] rows = Oracle.Random(Count * Dimension, seed: 5);
        rows[(3 * Dimension) + 17] = float.NaN;
        rows[(9 * Dimension) + 39] = float.PositiveInfinity;
        float[] scores = new float[Count * Rank];
        double[] norms = new double[Count];

        new Projection(Oracle.Random(Dimension * Rank, seed: 6), Dimension).Project(rows, scores, norms);

        for (int i = 0; i < scores.Length; i++)
        {
            Assert.AreEqual(i / Rank is not (3 or 9), float.IsFinite(scores[i]), $"score {i}");
        }

        Assert.IsTrue(double.IsNaN(norms[3]));
        Assert.IsTrue(double.IsPositiveInfinity(norms[9]));
        Assert.AreEqual(Count - 2, norms.Count(double.IsFinite));
    }

    [TestMethod]
    [DataRow(1f)]
    [DataRow(1e-20f)]
    [DataRow(1e20f)]
    [DataRow(3e38f)]
    public void Squared_norms_neither_underflow_nor_overflow(float scale)
    {
        foreach (int dimension in _edges)
        {
            float[] rows = Oracle.Random(5 * dimension, seed: 7, scale);
            double[] norms = new double[5];

            new Projection(new float[dimension], dimension).Project(rows, new float[5], norms);

            for (int r = 0; r < norms.Length; r++)
            {
                double expected = Oracle.Norm(rows.AsSpan(r * dimension, dimension));
                Assert.AreEqual(expected, Math.Sqrt(norms[r]), 1e-13 * expected);
            }
        }
    }

    [TestMethod]
    public void Reconstruction_matches_double_loops()
    {
        foreach ((int dimension, int rank, int count) in new[] { (1, 1, 1), (33, 17, 9), (100, 64, 70), (520, 300, 11), (512, 64, 400) })
        {
            float[] basis = Oracle.Random(dimension * rank, seed: 8);
            float[] scores = Oracle.Random(count * rank, seed: 9);
            float[] transposed = new float[basis.Length];
            for (int i = 0; i < basis.Length; i++)
            {
                transposed[(i % rank * dimension) + (i / rank)] = basis[i];
            }

            double[] expected = Oracle.Multiply(scores, transposed, rank, dimension, out double[] magnitudes);
            float[] rows = new float[count * dimension];

            new Projection(basis, dimension).Reconstruct(scores, rows);

            AssertClose(expected, magnitudes, rows, rank);
        }
    }

    [TestMethod]
    [DataRow(512, 64, 1f)]
    [DataRow(512, 64, 1e-20f)]
    [DataRow(512, 64, 1e20f)]
    [DataRow(77, 40, 1f)]
    [DataRow(20, 20, 1f)]
    public void Residuals_keep_the_promise_also_inside_the_hyperplane(int dimension, int rank, float scale)
    {
        float[] basis = Oracle.OrthonormalBasis(dimension, rank, seed: 10);
        var projection = new Projection(basis, dimension);
        float[] rows = RowsFromInsideToOutside(projection, count: 6, scale);
        double[] expected = Oracle.Distances(rows, basis, dimension);
        float[] scores = new float[expected.Length * rank];
        double[] sums = new double[expected.Length];

        projection.Project(rows, scores);
        projection.ResidualSumsOfSquares(rows, scores, sums);

        for (int r = 0; r < expected.Length; r++)
        {
            Span<float> row = rows.AsSpan(r * dimension, dimension);
            double tolerance = Math.Max(1e-4 * expected[r], 1e-6 * Oracle.Norm(row));
            Assert.AreEqual(expected[r], Math.Sqrt(sums[r]), tolerance, $"row {r}");
            Assert.AreEqual(expected[r], Math.Sqrt(projection.ResidualSumOfSquares(row)), 1e-6 * tolerance, $"row {r}, precise");
        }
    }

    [TestMethod]
    public void A_rank_of_over_a_thousand_has_precise_residuals_too()
    {
        const int Dimension = 1040, Rank = 1030;
        float[] unitVectors = new float[Dimension * Rank];
        for (int i = 0; i < Rank; i++)
        {
            unitVectors[(i * Rank) + i] = 1;
        }

        float[] row = Oracle.Random(Dimension, seed: 18);

        double distance = Math.Sqrt(new Projection(unitVectors, Dimension).ResidualSumOfSquares(row));

        Assert.AreEqual(Oracle.Norm(row.AsSpan(Rank)), distance, 1e-12);
    }

    [TestMethod]
    public void A_residual_near_the_largest_float_is_finite()
    {
        float[] basis = Oracle.OrthonormalBasis(64, 3, seed: 11);
        float[] row = [.. Enumerable.Repeat(float.MaxValue, 64)];

        double distance = Math.Sqrt(new Projection(basis, 64).ResidualSumOfSquares(row));

        Assert.AreEqual(Oracle.Distances(row, basis, 64)[0], distance, 1e-12 * distance);
    }

    [TestMethod]
    public void A_residual_of_values_that_are_not_finite_is_not_finite()
    {
        var projection = new Projection(Oracle.OrthonormalBasis(40, 5, seed: 12), 40);
        float[] row = Oracle.Random(40, seed: 13);
        row[7] = float.NegativeInfinity;

        Assert.IsFalse(double.IsFinite(projection.ResidualSumOfSquares(row)));
    }

    [TestMethod]
    public void A_single_row_allocates_nothing()
    {
        var projection = new Projection(Oracle.Random(512 * 60, seed: 14), 512);
        float[] row = Oracle.Random(512, seed: 15);
        float[] scores = new float[60];
        double[] norm = new double[1];

        AllocationAssert.Nothing(() =>
        {
            projection.Project(row, scores, norm);
            projection.ResidualSumOfSquares(row);
        });
    }

    [TestMethod]
    public void Lengths_that_do_not_fit_together_are_refused()
    {
        var projection = new Projection(new float[10 * 3], 10);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => projection.Project(new float[20], new float[6], default, 0));
        RefusalAssert.Names(() => new Projection(new float[31], 10), "31 elements", "length 10");
        RefusalAssert.Names(() => new Projection([], 10), "0 elements", "length 10");
        RefusalAssert.Names(() => projection.Project(new float[19], new float[6]), "19 values", "rows of 10");
        RefusalAssert.Names(() => projection.Project(new float[20], new float[5]), "6 products", "room for 5");
        RefusalAssert.Names(() => projection.Project(new float[20], new float[6], new double[1]), "2 rows", "room for 1");
        RefusalAssert.Names(() => projection.Reconstruct(new float[4], new float[10]), "4 values", "rows of 3");
        RefusalAssert.Names(() => projection.ResidualSumsOfSquares(new float[20], new float[9], new double[3]), "30 values and 9 scores", "20 and 9");
        RefusalAssert.Names(() => projection.ResidualSumsOfSquares(new float[30], new float[6], new double[3]), "30 values and 9 scores", "30 and 6");
        RefusalAssert.Names(() => projection.ResidualSumOfSquares(new float[9]), "10 elements", "not 9");
    }

    private static float[] RowsFromInsideToOutside(Projection projection, int count, float scale)
    {
        float[] rows = new float[count * projection.Dimension];
        projection.Reconstruct(Oracle.Random(count * projection.Rank, seed: 16, scale), rows);
        float[] noise = Oracle.Random(rows.Length, seed: 17, scale);
        for (int i = 0; i < rows.Length; i++)
        {
            int row = i / projection.Dimension;
            rows[i] += row == 0 ? 0 : noise[i] * MathF.Pow(10, row - count);
        }

        return rows;
    }

    private static void AssertClose(double[] expected, double[] magnitudes, float[] actual, int depth)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= 6e-8 * (depth + 1) * magnitudes[i]))
            {
                Assert.Fail($"Element {i} of {expected.Length}, depth {depth}: {actual[i]} instead of {expected[i]}.");
            }
        }
    }
}
