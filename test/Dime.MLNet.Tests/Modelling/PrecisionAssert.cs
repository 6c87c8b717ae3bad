namespace Dime.MLNet.Tests.Modelling;

/// <summary>The precision the documentation promises, checked against <see cref="DoublePrecisionDime"/>.</summary>
internal static class PrecisionAssert
{
    /// <summary>Distances to the hyperplane are within 1e-4 of their size, or 1e-6 of the length of the row.</summary>
    public static void Distances(ModelledEmbedding model, DoublePrecisionDime exact, float[] rows)
    {
        float[] distances = model.DistanceToHyperplane(rows);
        float[][] split = Embeddings.Split(rows, model.Dimension);
        Assert.HasCount(split.Length, distances);
        for (int i = 0; i < split.Length; i++)
        {
            double expected = exact.Distance(split[i]);
            double length = Embeddings.Length(split[i]);
            Assert.AreEqual(expected, distances[i], Math.Max(1e-4 * expected, 1e-6 * length), $"row {i} of length {length}");
        }
    }

    /// <summary>Distances within the hyperplane are within 1e-4 of their size, or 1e-5 of a standard deviation.</summary>
    public static void WithinDistances(ModelledEmbedding model, DoublePrecisionDime exact, float[] rows)
    {
        float[] distances = model.DistanceWithinHyperplane(rows);
        float[][] split = Embeddings.Split(rows, model.Dimension);
        Assert.HasCount(split.Length, distances);
        for (int i = 0; i < split.Length; i++)
        {
            double expected = exact.WithinDistance(split[i]);
            Assert.AreEqual(expected, distances[i], Math.Max(1e-4 * expected, 1e-5), $"row {i}");
        }
    }

    /// <summary>The same bits, also of zeros and of values that are not numbers.</summary>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string message = "")
    {
        Assert.AreEqual(expected.Length, actual.Length, message);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(actual[i]), $"value {i} {message}");
        }
    }
}
