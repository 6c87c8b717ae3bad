using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Tests.Numerics.Eigen;

/// <summary>Tridiagonal matrices known to be hard: all pairs, indefinite ones too, by residual and orthogonality.</summary>
[TestClass]
public sealed unsafe class TridiagonalSolverTests
{
    [TestMethod]
    [DataRow(1e-4)]
    [DataRow(1e-8)]
    [DataRow(1e-14)]
    [DataRow(1e-200)]
    public void Glued_Wilkinson_matrices_are_solved(double glue)
    {
        const int Copies = 8;
        double[] diagonal = [.. Enumerable.Range(0, 21 * Copies).Select(i => Math.Abs((i % 21) - 10.0))];
        double[] offDiagonal = [.. Enumerable.Range(0, 21 * Copies).Select(i => i % 21 == 20 ? glue : 1.0)];

        AssertSolved(diagonal, offDiagonal);
    }

    [TestMethod]
    public void Random_elements_of_all_magnitudes_are_solved()
    {
        var random = new Random(1);
        for (int round = 0; round < 60; round++)
        {
            int order = random.Next(33, 200);
            double range = random.Next(0, 40);
            double element() => (random.Next(2) - 0.5) * Math.Pow(10.0, -range * random.NextDouble());

            AssertSolved([.. Enumerable.Range(0, order).Select(_ => element())], [.. Enumerable.Range(0, order).Select(_ => element())]);
        }
    }

    [TestMethod]
    public void Graded_matrices_are_solved_in_either_direction()
    {
        const int Order = 140;
        double[] falling = [.. Enumerable.Range(0, Order).Select(i => Math.Pow(10.0, -0.2 * i))];

        AssertSolved(falling, [.. falling.Select(value => 0.3 * value)]);
        AssertSolved([.. Enumerable.Reverse(falling)], [.. Enumerable.Reverse(falling).Select(value => -0.3 * value)]);
    }

    [TestMethod]
    public void Nearly_equal_elements_are_solved()
    {
        var random = new Random(2);
        foreach (double noise in new[] { 0.0, 1e-17, 1e-15, 1e-13, 1e-8 })
        {
            double[] diagonal = [.. Enumerable.Range(0, 130).Select(_ => 1.0 + (noise * random.NextDouble()))];
            foreach (double coupling in new[] { 0.0, 1e-18, 1e-15, 1e-10, 1.0 })
            {
                AssertSolved(diagonal, [.. diagonal.Select(_ => coupling)]);
            }
        }
    }

    [TestMethod]
    public void A_coupling_that_only_one_block_takes_notice_of_leaves_zeros_in_the_other()
    {
        // The weights of the right block, 1 and 0, are around the coupling's tolerance, those of the chain on the left below it.
        foreach (double coupling in new[] { 1.5e-15, 2e-15, 3e-15 })
        {
            double[] diagonal = [.. Enumerable.Range(0, 64).Select(i => i < 32 ? 0.5 : (i - 31) / 33.0)];
            double[] offDiagonal = [.. Enumerable.Range(0, 64).Select(i => i < 31 ? 0.25 : i == 31 ? coupling : 0.0)];
            FillFreeMemory();

            AssertSolved(diagonal, offDiagonal);
            AssertSolved([.. Enumerable.Reverse(diagonal)], [.. Enumerable.Reverse(offDiagonal.Take(63)), 0.0]);
        }
    }

    [TestMethod]
    public void A_product_over_nothing_is_zero()
    {
        using var none = PackedPanels<double>.FromRows([], 5, ForkJoin.Alone);
        double* products = stackalloc double[14];
        new Span<double>(products, 14).Fill(7.0);

        PackedProduct.Set(products, 1, 2, none, products, 7, ForkJoin.Alone);

        CollectionAssert.AreEqual(
            new double[] { 0, 0, 0, 0, 0, 7, 7, 0, 0, 0, 0, 0, 7, 7 }, new Span<double>(products, 14).ToArray());
    }

    /// <summary>Leaves numbers that are none where the next vectors will probably be.</summary>
    private static void FillFreeMemory()
    {
        AlignedBuffer<double>[] memory = [.. Enumerable.Range(0, 8).Select(_ => AlignedBuffer<double>.Uninitialized(64 * 72))];
        foreach (AlignedBuffer<double> part in memory)
        {
            new Span<double>(part.Start, 64 * 72).Fill(double.NaN);
            part.Dispose();
        }
    }

    private static void AssertSolved(double[] diagonal, double[] offDiagonal)
    {
        int order = diagonal.Length;
        double norm = diagonal.Concat(offDiagonal).Max(Math.Abs);
        double tolerance = 2e-14 * Math.Sqrt(order);
        using TridiagonalBlock pairs = TridiagonalSolver.Largest(diagonal, offDiagonal, values => values.Length, ForkJoin.Alone);
        for (int i = 0; i < order; i++)
        {
            double* v = pairs.Vector(i);
            for (int row = 0; row < order; row++)
            {
                double before = row > 0 ? offDiagonal[row - 1] * v[row - 1] : 0.0;
                double after = row < order - 1 ? offDiagonal[row] * v[row + 1] : 0.0;
                Assert.AreEqual(0.0, before + after + ((diagonal[row] - pairs.Values[i]) * v[row]), tolerance * norm);
            }

            for (int j = 0; j <= i; j++)
            {
                double product = 0.0;
                for (int row = 0; row < order; row++)
                {
                    product += v[row] * pairs.Vector(j)[row];
                }

                Assert.AreEqual(i == j ? 1.0 : 0.0, product, tolerance);
            }
        }
    }
}
