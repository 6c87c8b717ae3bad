using Microsoft.Extensions.AI;

namespace Dime.MLNet.Extensions.AI.Tests;

/// <summary>What is refused, when, and in which words.</summary>
[TestClass]
public sealed class ErrorTests
{
    [TestMethod]
    public async Task Embeddings_of_another_length_are_an_error_that_names_both()
    {
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(new WordGenerator(dimension: 32), Texts.Model);

        InvalidOperationException error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => generator.GenerateAsync(["balance"]));

        Assert.Contains("Embedding 0 has 32 values, and the detector was fitted to embeddings of 24.", error.Message);
    }

    [TestMethod]
    public async Task One_embedding_of_another_length_among_many_is_named()
    {
        var inner = new WordGenerator
        {
            Answer = made =>
            {
                made[70] = new Embedding<float>(new float[23]);
                return made;
            },
        };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(inner, Texts.Model);

        InvalidOperationException error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => generator.GenerateAsync(Texts.Noisy(80, 5)));

        Assert.Contains("Embedding 70 has 23 values", error.Message);
    }

    [TestMethod]
    public async Task A_missing_embedding_is_an_error()
    {
        var inner = new WordGenerator { Answer = made => [.. made.Skip(1)] };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(inner, Texts.Model);

        InvalidOperationException error = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => generator.GenerateAsync(Texts.Noisy(5, 5)));

        Assert.Contains("4 embeddings for 5 inputs", error.Message);
    }

    [TestMethod]
    public void Models_that_are_not_calibrated_are_refused_at_once()
    {
        var embedding = ModelledEmbedding.Fit(Texts.Rows(Texts.Noisy(50, 1)), WordGenerator.Dimension);
        ModelledEnsemble ensemble = Texts.FitEnsemble();
        var transformer = new DimeTransformer(
            new Microsoft.ML.MLContext(), embedding, new DimeOptions { ProbabilityColumnName = null, OutlierColumnName = null });

        foreach (Func<EmbeddingDetector> construct in new Func<EmbeddingDetector>[] { () => new(embedding), () => new(ensemble), () => transformer })
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(construct);
            Assert.Contains("not calibrated", error.Message);
            Assert.Contains("Calibrate", error.Message);
        }
    }

    [TestMethod]
    public void An_ensemble_of_several_columns_is_refused_by_their_names()
    {
        ModelledEnsemble ensemble = Texts.FitEnsemble(("Tail", 4)).Calibrate(Texts.Rows(Texts.Noisy(50, 2)));

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingDetector(ensemble));

        Assert.Contains("Text (20), Tail (4)", error.Message);
    }

    [TestMethod]
    public void Arguments_are_checked()
    {
        using var inner = new WordGenerator();
        Assert.ThrowsExactly<ArgumentNullException>(() => new OutOfDistributionEmbeddingGenerator<string>(null!, Texts.Model));
        Assert.ThrowsExactly<ArgumentNullException>(() => new OutOfDistributionEmbeddingGenerator<string>(inner, null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new EmbeddingDetector((ModelledEmbedding)null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new EmbeddingDetector((ModelledEnsemble)null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => EmbeddingDetector.FromTransformer(null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OutOfDistributionDetectionOptions { OutlierProbability = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OutOfDistributionDetectionOptions { OutlierProbability = 1.01 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OutOfDistributionDetectionOptions { OutlierProbability = double.NaN });
        Assert.ThrowsExactly<ArgumentException>(() => new OutOfDistributionDetectionOptions { ModelName = " " });
        Assert.ThrowsExactly<ArgumentException>(() => new OutOfDistributionDetectionOptions { ProbabilityPropertyName = "" });
    }

    [TestMethod]
    public async Task Failures_and_cancellation_of_the_generator_are_the_callers()
    {
        var failing = new WordGenerator { Answer = _ => throw new TimeoutException("The service is away.") };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(failing, Texts.Model);
        bool told = false;
        generator.OutOfDistributionDetected += (_, _) => told = true;

        await Assert.ThrowsExactlyAsync<TimeoutException>(() => generator.GenerateAsync(["weather tomorrow"]));
        await Assert.ThrowsAsync<OperationCanceledException>(() => generator.GenerateAsync(["weather tomorrow"], cancellationToken: new CancellationToken(canceled: true)));
        await Assert.ThrowsExactlyAsync<ArgumentNullException>(() => generator.GenerateAsync(null!));

        Assert.IsFalse(told);
    }

    [TestMethod]
    public async Task What_came_before_a_cancellation_is_not_lost()
    {
        using var cancellation = new CancellationTokenSource();
        var inner = new WordGenerator
        {
            Answer = made =>
            {
                cancellation.Cancel();
                return made;
            },
        };
        using var generator = new OutOfDistributionEmbeddingGenerator<string>(inner, Texts.Model);

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["weather tomorrow"], cancellationToken: cancellation.Token);

        Assert.AreEqual(1f, embeddings[0].AdditionalProperties!["dime.probability"]);
    }
}
