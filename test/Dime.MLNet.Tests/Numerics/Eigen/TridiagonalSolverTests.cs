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
