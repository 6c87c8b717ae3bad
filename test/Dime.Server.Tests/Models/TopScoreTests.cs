using Dime.MLNet;
using Dime.Server.Models;

namespace Dime.Server.Tests.Models;

[TestClass]
public sealed class TopScoreTests
{
    private static readonly TopScore _top = new(
    [
        OutOfDistributionScore.Mahalanobis("a", weight: 0.5), OutOfDistributionScore.Mahalanobis("b", weight: 2), OutOfDistributionScore.Mahalanobis("c", weight: 2),
    ]);

    [TestMethod]
    [DataRow("Mahalanobis(a)", 0.3f, 0.2f, 0.1f)]
    [DataRow("Mahalanobis(c)", 0.3f, 0.2f, 0.4f)]
    [DataRow("Mahalanobis(b)", 1f, 1f, 0.1f)]
    [DataRow("Mahalanobis(b)", 1f, 1f, 1f)]
    [DataRow("Mahalanobis(a)", 1f, 0.99f, 0.99f)]
    public void The_largest_probability_counts_then_the_weight_then_the_order(string expected, params float[] probabilities) =>
        Assert.AreEqual(expected, _top.Of(probabilities));
}
