using Dime.MLNet.Numerics.Distributions;
using MathNet.Numerics;

namespace Dime.MLNet.Tests.Numerics.Distributions;

/// <summary>The figures are mpmath's, of 60 digits.</summary>
[TestClass]
public sealed class GammaFunctionTests
{
    [TestMethod]
    [DataRow(1e-10, 23.025850929882735)]
    [DataRow(0.1, 2.2527126517342059)]
    [DataRow(0.5, 0.57236494292470009)]
    [DataRow(1, 0.0)]
    [DataRow(1.0000001, -5.7721558299185071e-8)]
    [DataRow(2, 0.0)]
    [DataRow(3.7, 1.4280723266653881)]
    [DataRow(14.999, 25.188546870546928)]
    [DataRow(15, 25.191221182738682)]
    [DataRow(100.5, 361.43554046777762)]
    [DataRow(5000.25, 37584.755595232892)]
    [DataRow(1e6, 12815504.569147612)]
    [DataRow(1e12, 26631021115915.652)]
    public void Log_gamma_is_right(double x, double expected) =>
        Assert.AreEqual(expected, GammaFunction.Log(x), 1e-14 * Math.Max(4, Math.Abs(expected)));

    [TestMethod]
    [DataRow(0.5, 0.5, 1.1447298858494002)]
    [DataRow(1, 1, 0.0)]
    [DataRow(3, 1000000, -40.753387493330377)]
    [DataRow(20.5, 30.5, -34.692794793072826)]
    [DataRow(2500, 2500000, -19773.630332385575)]
    [DataRow(6, 95, -22.690701833582967)]
    [DataRow(1000000.0, 1000000.0, -1386300.0033629211)]
    [DataRow(0.001, 50, 6.9032768856098272)]
    public void Log_beta_is_right_where_gammas_would_cancel(double a, double b, double expected)
    {
        Assert.AreEqual(expected, GammaFunction.LogBeta(a, b), 2e-14 * Math.Max(4, Math.Abs(expected)));
        Assert.AreEqual(GammaFunction.LogBeta(a, b), GammaFunction.LogBeta(b, a));
    }

    [TestMethod]
    public void Log_gamma_agrees_with_another_library()
    {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            double x = Math.Exp((20 * random.NextDouble()) - 5);
            double expected = SpecialFunctions.GammaLn(x);
            Assert.AreEqual(expected, GammaFunction.Log(x), 1e-12 * Math.Max(1, Math.Abs(expected)), $"{x}");
        }
    }

    [TestMethod]
    [DataRow(1e-20, 1e-20)]
    [DataRow(1e-9, 9.999999995e-10)]
    [DataRow(1.0, 0.69314718055994531)]
    [DataRow(1e16, 36.841361487904734)]
    [DataRow(1e300, 690.77552789821371)]
    [DataRow(double.PositiveInfinity, double.PositiveInfinity)]
    public void Log_of_one_plus_little_keeps_its_digits(double x, double expected) =>
        Assert.AreEqual(expected, GammaFunction.LogOnePlus(x), 4e-16 * expected);
}
