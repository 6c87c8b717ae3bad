using Dime.MLNet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.AI;

/// <summary>Adds out-of-distribution detection to a pipeline of embedding generators.</summary>
public static class OutOfDistributionEmbeddingGeneratorBuilderExtensions
{
    /// <summary>Measures each embedding that the pipeline gives, and tells of inputs that are unlike those a detector was fitted to.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="detector">
    /// What judges the embeddings, fitted to those of the same generator: a <see cref="ModelledEmbedding"/>, a
    /// <see cref="ModelledEnsemble"/> and a <see cref="DetectorTransformer"/> are taken as they are, if they are calibrated.
    /// </param>
    /// <param name="options">How it judges and reports; null for the defaults.</param>
    /// <param name="configure">Gets the generator, for instance to hear its <see cref="OutOfDistributionEmbeddingGenerator{TInput}.OutOfDistributionDetected"/>.</param>
    /// <returns>The pipeline.</returns>
    /// <typeparam name="TInput">What embeddings are made of, such as <see cref="string"/>.</typeparam>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="detector"/> is null.</exception>
    public static EmbeddingGeneratorBuilder<TInput, Embedding<float>> UseOutOfDistributionDetection<TInput>(
        this EmbeddingGeneratorBuilder<TInput, Embedding<float>> builder,
        EmbeddingDetector detector,
        OutOfDistributionDetectionOptions? options = null,
        Action<OutOfDistributionEmbeddingGenerator<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(detector);
        return builder.Use((innerGenerator, services) =>
        {
            var generator = new OutOfDistributionEmbeddingGenerator<TInput>(
                innerGenerator, detector, options, services.GetService<ILoggerFactory>()?.CreateLogger<OutOfDistributionEmbeddingGenerator<TInput>>());
            configure?.Invoke(generator);
            return generator;
        });
    }
}
