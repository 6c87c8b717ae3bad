using Dime.Tool.Report.Figures;

namespace Dime.Tool.Tests.Report.Figures;

[TestClass]
public sealed class NumberTextTests
{
    [TestMethod]
    [DataRow(0.328, "0.3280")]
    [DataRow(0.05, "0.05000")]
    [DataRow(12.3456, "12.35")]
    [DataRow(9999.4, "9999")]
    [DataRow(1234567.8, "1\u202f234\u202f568")]
    [DataRow(1e20, "1E+20")]
    [DataRow(1.23456e-7, "1.235E-07")]
    [DataRow(0, "0")]
    [DataRow(double.PositiveInfinity, "∞")]
    [DataRow(double.NaN, "–")]
    public void Distances_have_four_digits(double distance, string text) => Assert.AreEqual(text, NumberText.Distance(distance));

    [TestMethod]
    [DataRow(0, "0\u202f%")]
    [DataRow(0.0001, "< 0.1\u202f%")]
    [DataRow(0.05, "5\u202f%")]
    [DataRow(0.996, "99.6\u202f%")]
    [DataRow(0.9999, "> 99.9\u202f%")]
    [DataRow(1, "100\u202f%")]
    public void Percentages_are_none_and_all_only_where_they_are(double share, string text) => Assert.AreEqual(text, NumberText.Percent(share));

    [TestMethod]
    [DataRow(1, "1.000")]
    [DataRow(0.9999, "> 0.999")]
    [DataRow(0.9934, "0.993")]
    [DataRow(0.0001, "< 0.001")]
    [DataRow(0, "0.000")]
    public void Ratios_are_0_and_1_only_where_they_are(double ratio, string text) => Assert.AreEqual(text, NumberText.Ratio(ratio));
}
