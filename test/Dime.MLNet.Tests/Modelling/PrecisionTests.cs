namespace Dime.MLNet.Tests.Modelling;

/// <summary>The whole way from training rows to distances, against double precision, for many kinds of data.</summary>
[TestClass]
public sealed class PrecisionTests
{
    public static IEnumerable<string> Kinds =>
    [
        "random", "features of a layer", "rank-deficient", "fewer rows than values", "as many directions as rows", "one value",
        "all directions", "badly scaled", "sparse", "duplicated rows", "far from the origin", "tiny", "huge", "weighted",
    ];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Distances_of_new_rows_agree_with_double_precision(string kind)
    {
        var set = TrainingSet.Create(kind);

        PrecisionAssert.Distances(set.Fit(), set.FitExactly(), set.New);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Distances_of_training_rows_agree_with_double_precision(string kind)
    {
        var set = TrainingSet.Create(kind);

        PrecisionAssert.Distances(set.Fit(), set.FitExactly(), set.Rows);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Within_distances_agree_with_double_precision(string kind)
    {
        var set = TrainingSet.Create(kind);

        PrecisionAssert.WithinDistances(set.Fit(), set.FitExactly(), [.. set.New, .. set.Rows]);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Explained_variance_agrees_with_double_precision(string kind)
    {
        var set = TrainingSet.Create(kind);
        IReadOnlyList<double> exact = set.FitExactly().AllExplainedVariance;

        IReadOnlyList<double> shares = set.Fit().ExplainedVariance;

        Assert.HasCount(set.Rank, shares);
        for (int i = 0; i < set.Rank; i++)
        {
            Assert.AreEqual(exact[i], shares[i], 1e-12, $"component {i}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Squared_distances_are_the_squares_of_the_distances(string kind)
    {
        var set = TrainingSet.Create(kind);
        ModelledEmbedding model = set.Fit();

        float[] distances = model.DistanceToHyperplane(set.New);
        float[] squares = model.ResidualSumOfSquares(set.New);

        for (int i = 0; i < distances.Length; i++)
        {
            // Single precision ends at 1e±38, so the squares of the tiny and of the huge rows are 0 and infinite.
            float expected = (float)((double)distances[i] * distances[i]);
            if (float.IsFinite(expected))
            {
                Assert.AreEqual(expected, squares[i], Math.Max(1e-6 * expected, 1e-38), $"row {i}");
            }
            else
            {
                Assert.AreEqual(float.PositiveInfinity, squares[i], $"row {i}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Basis_vectors_are_orthonormal(string kind)
    {
        ModelledEmbedding model = TrainingSet.Create(kind).Fit();
        ReadOnlySpan<float> basis = model.BasisVectors.Span;

        Assert.AreEqual(model.Dimension * model.Rank, basis.Length);
        for (int i = 0; i < model.Rank; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double product = 0;
                for (int p = 0; p < model.Dimension; p++)
                {
                    product += (double)basis[(p * model.Rank) + i] * basis[(p * model.Rank) + j];
                }

                Assert.AreEqual(i == j ? 1 : 0, product, 1e-6, $"v{i}·v{j}");
            }
        }
    }
}
