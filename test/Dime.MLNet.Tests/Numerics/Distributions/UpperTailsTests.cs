using System.Numerics;
using Dime.MLNet.Numerics.Distributions;
using MathNet.Numerics;

namespace Dime.MLNet.Tests.Numerics.Distributions;

/// <summary>The figures are mpmath's, of 60 digits; tails are compared relatively, however far out.</summary>
[TestClass]
public sealed class UpperTailsTests
{
    [TestMethod]
    [DataRow(0.004624, 4, 996, 0.3309120631734209)]
    [DataRow(0.1, 4, 996, 1.1265951788458926e-19)]
    [DataRow(1.5, 4, 996, 2.0077392527152684e-196)]
    [DataRow(3.0, 4, 996, 5.5921156020712875e-298)]
    [DataRow(0.02, 64, 9936, 1.6186186759928689e-15)]
    [DataRow(0.15, 64, 9936, 5.7361888535665203e-249)]
    [DataRow(0.5, 512, 4488, 2.3591924003348416e-161)]
    [DataRow(0.114, 512, 4488, 0.4973701612487248)]
    [DataRow(5, 512, 600, 1.7923197245124625e-89)]
    [DataRow(1e-9, 3, 10, 0.99999999999971465)]
    [DataRow(1e20, 2, 30, 1.0e-300)]
    [DataRow(0.0001, 10, 1000000, 5.4612658428052456e-17)]
    [DataRow(0.0012, 10, 1000000, 2.054712674632871e-251)]
    [DataRow(7, 1, 1, 0.23005345616261589)]
    [DataRow(0.35, 1, 1999, 1.8853530448647921e-132)]
    [DataRow(0.41, 1, 1999, 2.3695513150569114e-151)]
    public void F_is_right(double squared, double d1, double d2, double expected) =>
        Assert.AreEqual(expected, UpperTails.F(squared, d1, d2), 1e-10 * expected);

    [TestMethod]
    [DataRow(0.1, 1.0)]
    [DataRow(0.3, 0.99999069419866543)]
    [DataRow(0.5, 0.96394524366487509)]
    [DataRow(0.8276, 0.49995841656354728)]
    [DataRow(0.99999, 0.27001039131729155)]
    [DataRow(1.0, 0.26999967167735452)]
    [DataRow(1.2238478702170825, 0.099999999999999934)]
    [DataRow(1.6276, 0.010001537333060772)]
    [DataRow(3, 3.0459959489425257e-8)]
    [DataRow(8, 5.1444187452848297e-56)]
    [DataRow(18.5, 1.0628136728909079e-297)]
    public void Kolmogorov_is_right(double x, double expected) => Assert.AreEqual(expected, UpperTails.Kolmogorov(x), 1e-13 * expected);

    [TestMethod]
    [DataRow(50L, 6, 95, 1L, 0.91662220468971823)]
    [DataRow(500L, 6, 95, 26L, 0.58445801045184463)]
    [DataRow(500L, 6, 95, 300L, 3.1700746668020612e-27)]
    [DataRow(5000L, 252, 4749, 261L, 0.34153100442035809)]
    [DataRow(5000L, 252, 4749, 1500L, 5.6234986714003095e-258)]
    [DataRow(500L, 5002, 1, 500L, 0.90912395492548164)]
    [DataRow(100L, 1, 1, 30L, 0.70297029702970297)]
    [DataRow(5000L, 2, 99, 5000L, 2.1693635372980176e-209)]
    [DataRow(1L, 6, 95, 1L, 0.059405940594059406)]
    [DataRow(50L, 60, 40, 50L, 2.550955387813597e-9)]
    [DataRow(40L, 9, 2, 3L, 0.9999997901147181)]
    [DataRow(20L, 6, 95, 0L, 1.0)]
    [DataRow(20L, 6, 0, 20L, 1.0)]
    [DataRow(20L, 6, 95, 21L, 0.0)]
    [DataRow(20L, 6, 0, 21L, 0.0)]
    [DataRow(5000L, 252, 4749, 200L, 0.99392881384851273)]
    public void Beta_binomial_is_right(long trials, double a, double b, long x, double expected) =>
        Assert.AreEqual(expected, UpperTails.BetaBinomial(trials, a, b, x), 1e-10 * expected);

    [TestMethod]
    public void Beta_binomial_is_the_sum_of_exact_fractions()
    {
        // C(m, i)·(a)ᵢ·(b)ₘ₋ᵢ / (a + b)ₘ with rising factorials of integers.
        const int trials = 300, a = 4, b = 97;
        for (int x = 1; x <= trials; x += 13)
        {
            BigInteger sum = 0;
            for (int i = x; i <= trials; i++)
            {
                sum += Binomial(trials, i) * Rising(a, i) * Rising(b, trials - i);
            }

            double expected = Math.Exp(BigInteger.Log(sum) - BigInteger.Log(Rising(a + b, trials)));
            Assert.AreEqual(expected, UpperTails.BetaBinomial(trials, a, b, x), 1e-10 * expected, $"{x}");
        }
    }

    [TestMethod]
    public void F_agrees_with_another_library()
    {
        var random = new Random(2);
        for (int i = 0; i < 2000; i++)
        {
            double d1 = random.Next(1, 300), d2 = random.Next(1, 3000);
            double squared = d1 / d2 * Math.Exp(2 * (random.NextDouble() - 0.5));
            double expected = SpecialFunctions.BetaRegularized(d2 / 2, d1 / 2, 1 / (1 + squared));
            Assert.AreEqual(expected, UpperTails.F(squared, d1, d2), 1e-9, $"{squared} {d1} {d2}");
        }
    }

    [TestMethod]
    public void Tails_end_at_zero()
    {
        Assert.AreEqual(0, UpperTails.F(double.PositiveInfinity, 4, 1000));
        Assert.AreEqual(1, UpperTails.F(0, 4, 1000));
        Assert.AreEqual(1, UpperTails.F(double.Epsilon, 4, 1000));
        Assert.AreEqual(0, UpperTails.Kolmogorov(1000));
        Assert.AreEqual(1, UpperTails.Kolmogorov(0));
        Assert.AreEqual(0, UpperTails.BetaBinomial(100_000, 6, 1_000_000, 100_000));
    }

    private static BigInteger Rising(int from, int count) =>
        Enumerable.Range(from, count).Aggregate(BigInteger.One, (product, factor) => product * factor);

    private static BigInteger Binomial(int n, int k) => Rising(n - k + 1, k) / Rising(1, k);
}
