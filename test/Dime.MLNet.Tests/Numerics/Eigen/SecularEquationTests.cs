using System.Numerics;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Tests.Numerics.Eigen;

/// <summary>Roots of f(λ) = 1/ρ + Σ wⱼ/(dⱼ − λ), whose sign on either side of a root is computed with 300 binary places.</summary>
[TestClass]
public sealed unsafe class SecularEquationTests
{
    public enum Gaps
    {
        Even,
        Clustered,
        Graded,
    }

    [TestMethod]
    [DataRow(Gaps.Even, 0)]
    [DataRow(Gaps.Even, 8)]
    [DataRow(Gaps.Clustered, 0)]
    [DataRow(Gaps.Clustered, 8)]
    [DataRow(Gaps.Graded, 3)]
    public void Distances_of_roots_from_their_nearest_pole_have_all_digits(Gaps gaps, int spread)
    {
        foreach (Equation equation in Equation.Random(gaps, spread, rounds: 4))
        {
            for (int root = 0; root < equation.Poles.Length; root++)
            {
                equation.Find(root, out int origin, out double offset);

                double precision = Math.Abs(offset) * 1e-13;
                Assert.AreEqual(-1, equation.Sign(origin, offset - precision), $"root {root} of {equation.Poles.Length}");
                Assert.AreEqual(1, equation.Sign(origin, offset + precision), $"root {root} of {equation.Poles.Length}");
                Assert.IsTrue(origin == root ? offset > 0 : origin == root + 1 && offset < 0, $"root {root} of {equation.Poles.Length}");
            }
        }
    }

    /// <summary>A bad guess, or a bad step, is mended by halving: that shows in nothing but how often f is evaluated.</summary>
    [TestMethod]
    [DataRow(Gaps.Even, 0, 5.09, 5.73)]
    [DataRow(Gaps.Even, 3, 5.03, 5.81)]
    [DataRow(Gaps.Even, 8, 4.48, 5.80)]
    [DataRow(Gaps.Clustered, 0, 4.89, 5.63)]
    [DataRow(Gaps.Clustered, 3, 4.79, 5.69)]
    [DataRow(Gaps.Clustered, 8, 4.53, 6.11)]
    [DataRow(Gaps.Graded, 0, 5.09, 5.26)]
    [DataRow(Gaps.Graded, 3, 5.07, 5.25)]
    [DataRow(Gaps.Graded, 8, 4.59, 5.33)]
    public void A_root_takes_five_evaluations_and_the_last_one_six(Gaps gaps, int spread, double mostBetween, double mostLast)
    {
        List<int> between = [], last = [];
        foreach (Equation equation in Equation.Random(gaps, spread, rounds: 60))
        {
            for (int root = 0; root < equation.Poles.Length; root++)
            {
                (root == equation.Poles.Length - 1 ? last : between).Add(equation.Find(root, out _, out _));
            }
        }

        // The middle, and at least the guess.
        Assert.IsGreaterThanOrEqualTo(2, between.Concat(last).Min());
        Assert.IsLessThan(mostBetween, between.Average());
        Assert.IsLessThan(mostLast, last.Average());
    }

    [TestMethod]
    public void One_pole_has_its_root_at_its_weight()
    {
        var equation = new Equation([3.0], [0.7], 2.0);

        equation.Find(0, out int origin, out double offset);

        Assert.AreEqual((0, 1.4), (origin, offset));
    }

    /// <param name="Poles">d, ascending.</param>
    /// <param name="Weights">w.</param>
    /// <param name="Rho">ρ.</param>
    private sealed record Equation(double[] Poles, double[] Weights, double Rho)
    {
        private const int Places = 300;

        /// <param name="gaps">How the poles are spread.</param>
        /// <param name="spread">The weights' orders of magnitude.</param>
        /// <param name="rounds">How many.</param>
        public static IEnumerable<Equation> Random(Gaps gaps, int spread, int rounds)
        {
            var random = new Random(1);
            for (int round = 0; round < rounds; round++)
            {
                int count = random.Next(2, 40);
                double sum = 0;
                double[] poles = [.. Enumerable.Range(0, count).Select(i => sum += (0.1 + random.NextDouble()) * gaps switch
                {
                    Gaps.Even => 1,
                    Gaps.Clustered => random.Next(3) == 0 ? 1 : 1e-6,
                    _ => Math.Pow(2, i % 20),
                })];
                double[] weights = [.. poles.Select(_ => Math.Pow(10, -spread * random.NextDouble()) * (0.01 + random.NextDouble()))];
                double total = weights.Sum();
                yield return new Equation([.. poles.Select(pole => pole / sum)], [.. weights.Select(weight => weight / total)], 0.1 + random.NextDouble());
            }
        }

        public int Find(int root, out int origin, out double offset)
        {
            fixed (double* poles = Poles, weights = Weights)
            {
                return new SecularEquation(poles, weights, Poles.Length, Rho).FindRoot(root, out origin, out offset);
            }
        }

        /// <summary>The sign of f at poles[origin] + offset.</summary>
        public int Sign(int origin, double offset)
        {
            BigInteger one = BigInteger.One << Places, at = Fixed(Poles[origin]) + Fixed(offset);
            BigInteger value = one * one / Fixed(Rho);
            for (int i = 0; i < Poles.Length; i++)
            {
                value += Fixed(Weights[i]) * one / (Fixed(Poles[i]) - at);
            }

            return value.Sign;
        }

        // Exact for all that is not below 2⁻²⁴⁸.
        private static BigInteger Fixed(double value) => new BigInteger(Math.ScaleB(value, 200)) << (Places - 200);
    }
}
