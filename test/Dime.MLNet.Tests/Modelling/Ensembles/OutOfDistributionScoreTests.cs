namespace Dime.MLNet.Tests.Modelling.Ensembles;

[TestClass]
public sealed class OutOfDistributionScoreTests
{
    [TestMethod]
    public void Names_say_what_is_measured()
    {
        (string, OutOfDistributionScore)[] names =
        [
            ("Hyperplane(x)", OutOfDistributionScore.Hyperplane("x")),
            ("Hyperplane(x, normalized, rank 12)", OutOfDistributionScore.Hyperplane("x", normalize: true, rank: 12)),
            ("WithinHyperplane(x, rank 3)", OutOfDistributionScore.WithinHyperplane("x", rank: 3)),
            ("Mahalanobis(x)", OutOfDistributionScore.Mahalanobis("x")),
            ("ClassMahalanobis(Early)", OutOfDistributionScore.ClassMahalanobis("Early", weight: 0.75)),
            ("RelativeMahalanobis(Late, normalized)", OutOfDistributionScore.RelativeMahalanobis("Late", normalize: true)),
            ("FeatureNorm(x)", OutOfDistributionScore.FeatureNorm("x")),
            ("Energy(logits)", OutOfDistributionScore.Energy("logits")),
        ];
        foreach ((string name, OutOfDistributionScore score) in names)
        {
            Assert.AreEqual(name, score.Name);
        }

        Assert.AreEqual("0.75 × ClassMahalanobis(Early)", names[4].Item2.ToString());
        Assert.AreEqual("Energy(logits)", names[7].Item2.ToString());
    }

    [TestMethod]
    public void Scores_are_equal_by_value()
    {
        Assert.AreEqual(OutOfDistributionScore.Mahalanobis("x", 2, true), OutOfDistributionScore.Mahalanobis("x", 2, true));
        Assert.AreNotEqual(OutOfDistributionScore.Mahalanobis("x", 2, true), OutOfDistributionScore.Mahalanobis("x", 2, false));
        Assert.AreNotEqual(OutOfDistributionScore.Mahalanobis("x", 2), OutOfDistributionScore.Mahalanobis("x"));
        Assert.AreNotEqual(OutOfDistributionScore.Mahalanobis("x"), OutOfDistributionScore.ClassMahalanobis("x"));
        Assert.AreNotEqual(OutOfDistributionScore.Hyperplane("x", rank: 2), OutOfDistributionScore.Hyperplane("x"));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(-1.0)]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void A_bad_weight_is_an_error_that_names_the_column(double weight)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OutOfDistributionScore.Energy("logits", weight));

        Assert.AreEqual("weight", error.ParamName);
        StringAssert.Contains(error.Message, "logits", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Empty_names_and_ranks_below_1_are_errors()
    {
        Assert.ThrowsExactly<ArgumentException>(() => OutOfDistributionScore.Mahalanobis(" "));
        Assert.ThrowsExactly<ArgumentNullException>(() => OutOfDistributionScore.Mahalanobis(null!));
        Assert.AreEqual("rank", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => OutOfDistributionScore.Hyperplane("x", rank: 0)).ParamName);
    }

    [TestMethod]
    public void Layout_places_columns_side_by_side()
    {
        EmbeddingLayout layout = new(("Early", 64), ("Late", 512), ("logits", 10));

        Assert.AreEqual(586, layout.Width);
        Assert.HasCount(3, layout);
        Assert.AreEqual(new EmbeddingColumn("Late", 64, 512), layout[1]);
        Assert.AreEqual(layout[2], layout.Find("logits"));
        Assert.IsNull(layout.Find("late"));
        Assert.AreEqual("Early (64), Late (512), logits (10)", layout.ToString());
        Assert.AreEqual(new EmbeddingLayout(("Early", 64), ("Late", 512), ("logits", 10)), layout);
        Assert.AreEqual(new EmbeddingLayout(("Early", 64), ("Late", 512), ("logits", 10)).GetHashCode(), layout.GetHashCode());
        Assert.AreNotEqual(new EmbeddingLayout(("Late", 512), ("Early", 64), ("logits", 10)), layout);
    }

    [TestMethod]
    public void Layouts_that_cannot_be_are_errors_that_name_the_column()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingLayout());
        Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingLayout(("", 1)));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingLayout(("x", 1), ("x", 2))).Message, "'x'", StringComparison.Ordinal);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingLayout(("x", 0))).Message, "'x'", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingLayout(("x", int.MaxValue), ("y", int.MaxValue)));
    }
}
