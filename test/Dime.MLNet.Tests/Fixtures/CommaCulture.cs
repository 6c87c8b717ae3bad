using System.Globalization;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>
/// Half of the world writes 0,5, and some ∞, while the build knows no cultures: all tests run in one that does, so that what the library
/// writes is the same everywhere. Cultures of the machine, as <c>test/other-worlds.sh</c> sets them, stay.
/// </summary>
[TestClass]
public sealed class CommaCulture
{
    [AssemblyInitialize]
    public static void Set(TestContext _)
    {
        if (CultureInfo.CurrentCulture.Equals(CultureInfo.InvariantCulture))
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat = new NumberFormatInfo
            {
                NumberDecimalSeparator = ",",
                NumberGroupSeparator = ".",
                PercentDecimalSeparator = ",",
                PositiveInfinitySymbol = "\u221e",
                NegativeInfinitySymbol = "-\u221e",
                NaNSymbol = "n. def.",
            };
            CultureInfo.DefaultThreadCurrentCulture = culture;
        }
    }

    [TestMethod]
    public void Numbers_have_a_comma_in_every_test() => Assert.AreNotEqual("0.5", 0.5.ToString(CultureInfo.CurrentCulture));
}
