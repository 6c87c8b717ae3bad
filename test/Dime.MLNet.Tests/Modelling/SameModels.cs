namespace Dime.MLNet.Tests.Modelling;

/// <summary>Asserts that two ways of summing the same rows lead to the same model, but for rounding.</summary>
internal static class SameModels
{
    /// <summary>M, row-major and with both triangles filled.</summary>
    public static double[] MatrixOf(EmbeddingAccumulator sums)
    {
        int order = sums.Dimension;
        double[] matrix = new double[order * order];
        for (int i = 0; i < order; i++)
        {
            ReadOnlySpan<double> upper = sums.Moment.UpperRow(i);
            for (int j = i; j < order; j++)
            {
                matrix[(i * order) + j] = matrix[(j * order) + i] = upper[j - i];
            }
        }

        return matrix;
    }

    /// <summary>Each entry of M to 1e-9 of the lengths of the two columns it multiplies.</summary>
    public static void Sums(EmbeddingAccumulator expected, EmbeddingAccumulator actual)
    {
        int order = expected.Dimension;
        double[] first = MatrixOf(expected);
        double[] second = MatrixOf(actual);
        for (int i = 0; i < order; i++)
        {
            for (int j = 0; j < order; j++)
            {
                double size = Math.Sqrt(first[(i * order) + i] * first[(j * order) + j]);
                Assert.AreEqual(first[(i * order) + j], second[(i * order) + j], 1e-9 * size, $"entry {i}, {j}");
            }

            Assert.AreEqual(expected.Moment.Sum[i], actual.Moment.Sum[i], 1e-9 * Math.Sqrt(expected.TotalWeight * first[(i * order) + i]));
        }
    }

    /// <summary>Distances to 1e-6 of the length of the row, distances within to 1e-5 of themselves.</summary>
    public static void Distances(ModelledEmbedding expected, ModelledEmbedding actual, float[] rows)
    {
        Assert.AreEqual(expected.Rank, actual.Rank);
        (float[] first, float[] second) = (expected.DistanceToHyperplane(rows), actual.DistanceToHyperplane(rows));
        (float[] firstWithin, float[] secondWithin) = (expected.DistanceWithinHyperplane(rows), actual.DistanceWithinHyperplane(rows));
        float[][] split = Embeddings.Split(rows, expected.Dimension);
        for (int i = 0; i < split.Length; i++)
        {
            Assert.AreEqual(first[i], second[i], 1e-6 * Embeddings.Length(split[i]), $"row {i}");
            Assert.AreEqual(firstWithin[i], secondWithin[i], Math.Max(1e-5 * firstWithin[i], 1e-6), $"row {i}");
        }
    }
}
