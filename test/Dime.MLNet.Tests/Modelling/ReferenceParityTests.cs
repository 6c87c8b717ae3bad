using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Modelling;

/// <summary>The figures of dime-pytorch 1.0.1, the authors' own code.</summary>
[TestClass]
public sealed class ReferenceParityTests
{
    [TestMethod]
    [DataRow("relu-features")]
    [DataRow("signed-features")]
    [DataRow("rank-one")]
    public void Distances_agree(string name)
    {
        ReferenceCase c = Load(name);
        var model = ModelledEmbedding.Fit(c.Train, c.Dimension, rank: c.Rank);

        AssertClose(c.Distance, model.DistanceToHyperplane(c.New));
        AssertClose(c.WithinDistance, model.DistanceWithinHyperplane(c.New));
        AssertClose([.. c.Distance.Select(d => d * d)], model.ResidualSumOfSquares(c.New), relative: 2e-4);
    }

    [TestMethod]
    [DataRow("relu-features")]
    [DataRow("signed-features")]
    [DataRow("rank-one")]
    public void Probabilities_agree_within_one_percentile(string name)
    {
        ReferenceCase c = Load(name);
        ModelledEmbedding model = ModelledEmbedding.Fit(c.Train, c.Dimension, rank: c.Rank).Calibrate(c.Calibration, c.PercentileCount);

        AssertWithinOnePercentile(c, c.Probability, model.ProbabilityOfDistanceToHyperplane(c.New));
        AssertWithinOnePercentile(c, c.WithinProbability, model.ProbabilityOfDistanceWithinHyperplane(c.New));
    }

    [TestMethod]
    [DataRow("relu-features")]
    [DataRow("signed-features")]
    [DataRow("rank-one")]
    public void Explained_variance_agrees(string name)
    {
        ReferenceCase c = Load(name);
        var model = ModelledEmbedding.Fit(c.Train, c.Dimension, rank: c.Rank);

        Assert.AreEqual(c.Rank, model.Rank);
        Assert.HasCount(c.Rank, model.ExplainedVariance);
        for (int i = 0; i < c.Rank; i++)
        {
            Assert.AreEqual(c.ExplainedVariance[i], model.ExplainedVariance[i], 1e-5);
        }
    }

    private static ReferenceCase Load(string name) => ReferenceCase.LoadAll().Single(c => c.Name == name);

    private static void AssertClose(double[] expected, float[] actual, double relative = 1e-4)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], Math.Max(relative * expected[i], 1e-5), $"row {i}");
        }
    }

    private static void AssertWithinOnePercentile(ReferenceCase c, double[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], (1.0 / (c.PercentileCount - 1)) + 1e-6, $"row {i}");
        }
    }
}
