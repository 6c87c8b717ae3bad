using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dime.MLNet;

/// <summary>
/// Measures each embedding that another generator gives, and tells of inputs that are unlike those a detector was fitted to: by
/// <see cref="OutOfDistributionDetected"/>, by the meter "Dime.MLNet.Extensions.AI", and by a probability on each embedding.
/// </summary>
/// <remarks>
/// <para>
/// The caller gets what the inner generator gave, the same objects with the same vectors. An embedding's
/// <see cref="Embedding.AdditionalProperties"/> are replaced by a copy that has the probability too, so that an embedding which
/// several calls share, as out of a cache, may be read meanwhile. Put the detector around a cache rather than into it: what a cache
/// gives is then measured too, and by the detector of today.
/// </para>
/// <para>May be used by any number of threads at once, where the inner generator may.</para>
/// <para>
/// Of the meter, all with the tag <c>dime.model</c>: the counters <c>dime.embeddings.scored</c>, <c>dime.embeddings.flagged</c> and
/// <c>dime.embeddings.observer_errors</c>, and the histograms <c>dime.embeddings.probability</c> and <c>dime.embeddings.duration</c> (seconds a call).
/// </para>
/// </remarks>
/// <typeparam name="TInput">What embeddings are made of, such as <see cref="string"/>.</typeparam>
public sealed partial class OutOfDistributionEmbeddingGenerator<TInput> : DelegatingEmbeddingGenerator<TInput, Embedding<float>>
{
    private readonly EmbeddingDetector _detector;
    private readonly float _limit;
    private readonly string? _property;
    private readonly string _modelName;
    private readonly EmbeddingInstruments _instruments;
    private readonly ILogger _logger;

    /// <summary>Watches what a generator gives.</summary>
    /// <param name="innerGenerator">Gives the embeddings; is disposed of with this one.</param>
    /// <param name="detector">
    /// What judges them, fitted to embeddings of the same generator: a <see cref="ModelledEmbedding"/>, a
    /// <see cref="ModelledEnsemble"/> and a <see cref="DetectorTransformer"/> are taken as they are, if they are calibrated.
    /// </param>
    /// <param name="options">How it judges and reports; null for the defaults.</param>
    /// <param name="logger">Hears of observers that throw; null for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerGenerator"/> or <paramref name="detector"/> is null.</exception>
    public OutOfDistributionEmbeddingGenerator(
        IEmbeddingGenerator<TInput, Embedding<float>> innerGenerator,
        EmbeddingDetector detector,
        OutOfDistributionDetectionOptions? options = null,
        ILogger<OutOfDistributionEmbeddingGenerator<TInput>>? logger = null)
        : base(innerGenerator)
    {
        ArgumentNullException.ThrowIfNull(detector);
        options ??= new OutOfDistributionDetectionOptions();
        _detector = detector;
        _limit = (float)(options.OutlierProbability ?? detector.OutlierProbability);
        _property = options.ProbabilityPropertyName;
        _modelName = options.ModelName;
        _instruments = new EmbeddingInstruments(options.ModelName);
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>
    /// An input is out of distribution: its probability is the limit or more. Raised for each, in the order of the inputs, on the thread that
    /// goes on when the inner generator has answered, and before the caller gets the embeddings; so an observer that takes long keeps the caller waiting.
    /// </summary>
    /// <remarks>
    /// What an observer throws goes to the log and to <c>dime.embeddings.observer_errors</c>; the other observers are told, and the
    /// caller gets the embeddings, all the same.
    /// </remarks>
    public event EventHandler<OutOfDistributionDetectedEventArgs<TInput>>? OutOfDistributionDetected;

    /// <summary>Generates embeddings as the inner generator does, and measures them.</summary>
    /// <param name="values">The inputs; they are enumerated once.</param>
    /// <param name="options">For the inner generator.</param>
    /// <param name="cancellationToken">For the inner generator: what it gave is measured and returned.</param>
    /// <returns>What the inner generator gave, each embedding with its probability.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The inner generator gave embeddings of another length than the detector was fitted to, or not one for each input.</exception>
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);

        // A copy: a sequence may not give the same inputs twice, and a list may have changed when they are named.
        TInput[] inputs = [.. values];
        GeneratedEmbeddings<Embedding<float>> embeddings = await base.GenerateAsync(inputs, options, cancellationToken).ConfigureAwait(false);
        Watch(inputs, embeddings);
        return embeddings;
    }

    private void Watch(TInput[] inputs, GeneratedEmbeddings<Embedding<float>> embeddings)
    {
        long start = Stopwatch.GetTimestamp();
        EmbeddingRows.RequireOneEach(inputs.Length, embeddings.Count);
        float[] probabilities = _detector.Probabilities(embeddings);
        _instruments.Scored(probabilities, probabilities.Count(IsOut), start);
        if (_property is not null)
        {
            foreach ((Embedding<float> embedding, float probability) in embeddings.Zip(probabilities))
            {
                // Replaced, never changed: other calls may read them at this moment.
                embedding.AdditionalProperties = new AdditionalPropertiesDictionary(embedding.AdditionalProperties ?? []) { [_property] = probability };
            }
        }

        if (OutOfDistributionDetected is { } observers)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (IsOut(probabilities[i]))
                {
                    Tell(observers, new OutOfDistributionDetectedEventArgs<TInput>(inputs[i], i, embeddings[i], _detector.Distance(embeddings[i]), probabilities[i]));
                }
            }
        }
    }

    private bool IsOut(float probability) => probability >= _limit;

    private void Tell(EventHandler<OutOfDistributionDetectedEventArgs<TInput>> observers, OutOfDistributionDetectedEventArgs<TInput> detected)
    {
        foreach (EventHandler<OutOfDistributionDetectedEventArgs<TInput>> observer in observers.GetInvocationList().Cast<EventHandler<OutOfDistributionDetectedEventArgs<TInput>>>())
        {
            try
            {
                observer(this, detected);
            }
#pragma warning disable CA1031 // Whatever it is: the caller asked for embeddings, and has them.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _instruments.ObserverFailed();
                LogObserverFailed(_logger, exception, _modelName, detected.Index);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "An observer of the detector '{ModelName}' failed when it was told of input {Index}.")]
    private static partial void LogObserverFailed(ILogger logger, Exception exception, string modelName, int index);
}
