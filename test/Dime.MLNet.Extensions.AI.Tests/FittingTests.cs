using Microsoft.Extensions.AI;

namespace Dime.MLNet.Extensions.AI.Tests;

/// <summary>Detectors fitted to a generator's embeddings are those fitted to the same rows by hand.</summary>
[TestClass]
public sealed class FittingTests
{
    private static readonly string[] _train = Texts.Noisy(200, 1), _calibration = Texts.Noisy(90, 2), _fresh = [.. Texts.Noisy(20, 3), "weather tomorrow"];

    [TestMethod]
    public async Task A_hyperplane()
    {
        using var generator = new WordGenerator();

        ModelledEmbedding fitted = await generator.FitModelledEmbeddingAsync(_train, _calibration);

        ModelledEmbedding expected = ModelledEmbedding.Fit(Texts.Rows(_train), WordGenerator.Dimension).Calibrate(Texts.Rows(_calibration));
        Assert.AreEqual(expected.Rank, fitted.Rank);
        Assert.AreEqual(90, fitted.CalibrationRowCount);
        float[] distances = expected.DistanceToHyperplane(Texts.Rows(_fresh));
        foreach ((float wanted, float got) in distances.Zip(fitted.DistanceToHyperplane(Texts.Rows(_fresh))))
        {
            Assert.AreEqual(wanted, got, 1e-5 * wanted);
        }

        CollectionAssert.AreEqual(new[] { 64, 64, 64, 8, 64, 26 }, generator.BatchSizes);
    }

    [TestMethod]
    public async Task An_ensemble_of_classes()
    {
        using var generator = new WordGenerator();

        ModelledEnsemble fitted = await generator.FitModelledEnsembleAsync(_train.Select(text => (text, text.Split(' ')[0])), _calibration);

        CollectionAssert.AreEquivalent(_train.Select(text => text.Split(' ')[0]).Distinct().ToArray(), fitted.ClassNames.ToArray());
        var sums = new EnsembleAccumulator(
            fitted.Layout, [OutOfDistributionScore.RelativeMahalanobis("Embedding", normalize: true), OutOfDistributionScore.ClassMahalanobis("Embedding", normalize: true)]);
        sums.Add(Texts.Rows(_train), [.. _train.Select(text => sums.ClassNumber(text.Split(' ')[0]))]);
        float[] expected = sums.Fit().MeasureScores(Texts.Rows(_fresh));
        foreach ((float wanted, float got) in expected.Zip(fitted.MeasureScores(Texts.Rows(_fresh))))
        {
            Assert.AreEqual(wanted, got, (1e-4 * Math.Abs(wanted)) + 1e-4);
        }

        Assert.AreEqual(90, fitted.CalibrationRowCount);
        Assert.IsGreaterThan(0.95f, fitted.Probability(WordGenerator.Vector("weather tomorrow"))[0]);
    }

    [TestMethod]
    public async Task What_cannot_be_learned_from_is_named()
    {
        using var generator = new WordGenerator();
        ArgumentException none = await Assert.ThrowsExactlyAsync<ArgumentException>(() => generator.FitModelledEmbeddingAsync([], _calibration));
        Assert.AreEqual("values", none.ParamName);
        none = await Assert.ThrowsExactlyAsync<ArgumentException>(() => generator.FitModelledEmbeddingAsync(_train, []));
        Assert.AreEqual("calibrationValues", none.ParamName);
        none = await Assert.ThrowsExactlyAsync<ArgumentException>(() => generator.FitModelledEnsembleAsync([], _calibration));
        Assert.AreEqual("values", none.ParamName);

        using var notFinite = new WordGenerator { Answer = made => Replace(made, 5, [.. Enumerable.Repeat(0f, WordGenerator.Dimension - 1), float.NegativeInfinity]) };
        InvalidOperationException error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => notFinite.FitModelledEmbeddingAsync(_train, _calibration));
        Assert.Contains("input 5 has a value that is not finite", error.Message);

        int calls = 0;
        using var shorter = new WordGenerator { Answer = made => ++calls == 2 ? Replace(made, 3, new float[7]) : made };
        error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => shorter.FitModelledEmbeddingAsync(_train, _calibration));
        Assert.Contains("input 67 has 7 values, that of input 0 has 24", error.Message);

        using var fewer = new WordGenerator { Answer = made => [.. made.Skip(1)] };
        error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => fewer.FitModelledEnsembleAsync(_train.Select(text => (text, "all")), _calibration));
        Assert.Contains("63 embeddings for 64 inputs", error.Message);
    }

    [TestMethod]
    public async Task A_cancelled_fit_stops()
    {
        using var cancellation = new CancellationTokenSource();
        using var generator = new WordGenerator
        {
            Answer = made =>
            {
                cancellation.Cancel();
                return made;
            },
        };

        await Assert.ThrowsAsync<OperationCanceledException>(() => generator.FitModelledEmbeddingAsync(_train, _calibration, cancellationToken: cancellation.Token));

        Assert.AreEqual(1, generator.Calls);
    }

    private static GeneratedEmbeddings<Embedding<float>> Replace(GeneratedEmbeddings<Embedding<float>> made, int index, float[] vector)
    {
        made[index] = new Embedding<float>(vector);
        return made;
    }
}
