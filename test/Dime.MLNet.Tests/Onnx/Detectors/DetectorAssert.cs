using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Onnx.Detectors;

/// <summary>Compares what a graph says of rows with what the model it was made from says.</summary>
internal static class DetectorAssert
{
    /// <summary>Distances to 1e-4 of themselves or 1e-6 of the row; probabilities to one percentile; flags where no percentile decides.</summary>
    public static void Agrees(ModelledEmbedding model, float[] rows, DetectorRun run, OnnxDetectorInfo outputs)
    {
        float[] expected = model.DistanceToHyperplane(rows);
        float[] distances = run[outputs.DistanceOutput];
        Assert.HasCount(expected.Length, distances);
        float[][] split = Embeddings.Split(rows, model.Dimension);
        for (int i = 0; i < expected.Length; i++)
        {
            HasDistance(expected[i], distances[i], 1e-4, 1e-6 * Embeddings.Length(split[i]), $"row {i}");
        }

        if (outputs.ProbabilityOutput is not null)
        {
            ProbabilitiesAgree(model.ProbabilityOfDistanceToHyperplane(rows), run, outputs);
        }
    }

    /// <summary>Distances within the hyperplane to 1e-4 of themselves or 1e-5 standard deviations, and their probabilities to one percentile.</summary>
    public static void AgreesWithin(ModelledEmbedding model, float[] rows, DetectorRun run, OnnxDetectorInfo outputs)
    {
        float[] expected = model.DistanceWithinHyperplane(rows);
        float[] distances = run[outputs.WithinDistanceOutput!];
        for (int i = 0; i < expected.Length; i++)
        {
            HasDistance(expected[i], distances[i], 1e-4, 1e-5, $"row {i}");
        }

        if (outputs.WithinProbabilityOutput is { } probabilityOutput)
        {
            float[] probabilities = model.ProbabilityOfDistanceWithinHyperplane(rows);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(probabilities[i], run[probabilityOutput][i], 1.01f / (outputs.PercentileCount - 1), $"row {i}");
            }
        }
    }

    private static void ProbabilitiesAgree(float[] expected, DetectorRun run, OnnxDetectorInfo outputs)
    {
        float percentile = 1.01f / (outputs.PercentileCount - 1);
        float limit = (float)outputs.OutlierProbability;
        float[] probabilities = run[outputs.ProbabilityOutput!];
        float[] flags = run[outputs.IsOutOfDistributionOutput!];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], probabilities[i], percentile, $"row {i}");
            Assert.AreEqual(probabilities[i] >= limit ? 1f : 0f, flags[i], $"row {i}");
            if (Math.Abs(expected[i] - limit) > percentile)
            {
                Assert.AreEqual(expected[i] >= limit ? 1f : 0f, flags[i], $"row {i}");
            }
        }
    }

    private static void HasDistance(float expected, float actual, double relative, double absolute, string row)
    {
        if (float.IsInfinity(expected))
        {
            Assert.AreEqual(expected, actual, row);
            return;
        }

        Assert.AreEqual(expected, actual, Math.Max(relative * expected, double.IsFinite(absolute) ? absolute : 0), row);
    }
}
