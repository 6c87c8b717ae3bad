namespace Dime.MLNet.Tests.Modelling;

[TestClass]
public sealed class ProjectionTests
{
    [TestMethod]
    [DataRow("features of a layer")]
    [DataRow("fewer rows than values")]
    [DataRow("one value")]
    [DataRow("tiny")]
    [DataRow("huge")]
    public void There_and_back_is_the_projection_onto_the_hyperplane(string kind)
    {
        var set = TrainingSet.Create(kind);
        ModelledEmbedding model = set.Fit();
        DoublePrecisionDime exact = set.FitExactly();

        float[][] projections = Embeddings.Split(model.InverseTransform(model.Transform(set.New)), set.Dimension);

        float[][] rows = Embeddings.Split(set.New, set.Dimension);
        for (int i = 0; i < rows.Length; i++)
        {
            double[] expected = exact.Projection(rows[i]);
            for (int j = 0; j < expected.Length; j++)
            {
                Assert.AreEqual(expected[j], projections[i][j], 1e-6 * Embeddings.Length(rows[i]), $"row {i}, value {j}");
            }
        }
    }

    [TestMethod]
    public void Scores_are_products_with_the_basis_vectors()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(60, 11, 1), 11, rank: 4);
        float[] row = Embeddings.Features(1, 11, 2);
        ReadOnlySpan<float> basis = model.BasisVectors.Span;

        float[] scores = model.Transform(row);

        Assert.HasCount(4, scores);
        for (int i = 0; i < 4; i++)
        {
            double expected = 0;
            for (int p = 0; p < 11; p++)
            {
                expected += (double)row[p] * basis[(p * 4) + i];
            }

            Assert.AreEqual(expected, scores[i], 1e-6 * Embeddings.Length(row));
        }
    }

    [TestMethod]
    public void Scores_of_a_projection_are_the_scores()
    {
        var model = ModelledEmbedding.Fit(Embeddings.Features(60, 11, 1), 11, rank: 4);
        float[] scores = [1, -2, 3, 0.5f, 0, 0, 0, 0];

        float[] again = model.Transform(model.InverseTransform(scores));

        for (int i = 0; i < scores.Length; i++)
        {
            Assert.AreEqual(scores[i], again[i], 1e-5);
        }
    }
}
