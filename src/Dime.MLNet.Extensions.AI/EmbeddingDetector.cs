using Microsoft.Extensions.AI;

namespace Dime.MLNet;

/// <summary>A calibrated detector as it judges one embedding after the other, whatever it is made of.</summary>
/// <remarks>An instance never changes, and may be used by any number of threads at once.</remarks>
public sealed class EmbeddingDetector
{
    // Above a single row, so many are measured at a time: products of matrices are several times faster than of vectors.
    private const int BlockSize = 64;

    private delegate void Measure(ReadOnlySpan<float> rows, Span<float> destination);

    private readonly Measure _distances;
    private readonly Measure _probabilities;

    /// <summary>Judges by the distance to a hyperplane.</summary>
    /// <param name="model">A calibrated model.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentException">The model is not calibrated.</exception>
    public EmbeddingDetector(ModelledEmbedding model)
        : this(model, outlierProbability: null)
    {
    }

    /// <summary>Judges by an ensemble of scores of one column, such as one fitted with classes.</summary>
    /// <param name="model">A calibrated ensemble whose layout has one column.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentException">The ensemble is not calibrated, or has several columns, where a generator gives one embedding.</exception>
    public EmbeddingDetector(ModelledEnsemble model)
        : this(model, outlierProbability: null)
    {
    }

    /// <summary>Judges by the model of a transformer, such as the last one of a pipeline that was loaded; its column names do not matter.</summary>
    /// <param name="transformer">A calibrated <see cref="DimeTransformer"/> or <see cref="EnsembleTransformer"/>; its <see cref="DetectorTransformer.OutlierProbability"/> becomes the detector's.</param>
    /// <returns>The detector.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="transformer"/> is null.</exception>
    /// <exception cref="ArgumentException">The model is not calibrated, or is an ensemble of several columns.</exception>
    public static EmbeddingDetector FromTransformer(DetectorTransformer transformer) => transformer switch
    {
        null => throw new ArgumentNullException(nameof(transformer)),
        DimeTransformer dime => new EmbeddingDetector(dime.Embedding, dime.OutlierProbability),
        EnsembleTransformer ensemble => new EmbeddingDetector(ensemble.Ensemble, ensemble.OutlierProbability),
        _ => throw new ArgumentException($"A {transformer.GetType().Name} has no model of embeddings.", nameof(transformer)),
    };

    private EmbeddingDetector(ModelledEmbedding model, double? outlierProbability)
        : this(
            (model ?? throw new ArgumentNullException(nameof(model))).Dimension,
            outlierProbability,
            model.DistanceToHyperplane,
            model.ProbabilityOfDistanceToHyperplane) => RequireCalibration(model.IsCalibrated, nameof(model));

    private EmbeddingDetector(ModelledEnsemble model, double? outlierProbability)
        : this(
            (model ?? throw new ArgumentNullException(nameof(model))).Layout.Width,
            outlierProbability,
            model.Statistic,
            model.Probability)
    {
        RequireCalibration(model.IsCalibrated, nameof(model));
        if (model.Layout.Count != 1)
        {
            throw new ArgumentException(
                $"The ensemble measures {model.Layout.Count} columns, {model.Layout}, and a generator gives one embedding for each input: fit an ensemble to a layout of one column.",
                nameof(model));
        }
    }

    private EmbeddingDetector(int dimension, double? outlierProbability, Measure distances, Measure probabilities)
    {
        Dimension = dimension;
        OutlierProbability = outlierProbability ?? new DimeOptions().OutlierProbability;
        _distances = distances;
        _probabilities = probabilities;
    }

    /// <summary>P, the length of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>The probability from which on an embedding is out of distribution where nothing else is said, in (0, 1].</summary>
    public double OutlierProbability { get; }

    /// <inheritdoc cref="EmbeddingDetector(ModelledEmbedding)"/>
    public static implicit operator EmbeddingDetector(ModelledEmbedding model) => new(model);

    /// <inheritdoc cref="EmbeddingDetector(ModelledEnsemble)"/>
    public static implicit operator EmbeddingDetector(ModelledEnsemble model) => new(model);

    /// <inheritdoc cref="FromTransformer(DetectorTransformer)"/>
    public static implicit operator EmbeddingDetector(DetectorTransformer transformer) => FromTransformer(transformer);

    /// <summary>The probability of each embedding: the same bits alone and among others.</summary>
    /// <exception cref="InvalidOperationException">An embedding is of another length.</exception>
    internal float[] Probabilities(IReadOnlyList<Embedding<float>> embeddings)
    {
        for (int i = 0; i < embeddings.Count; i++)
        {
            RequireDimension(embeddings[i], i);
        }

        float[] probabilities = new float[embeddings.Count];
        if (embeddings.Count == 1)
        {
            _probabilities(embeddings[0].Vector.Span, probabilities);
            return probabilities;
        }

        float[] rows = new float[Math.Min(BlockSize, embeddings.Count) * Dimension];
        for (int start = 0; start < embeddings.Count; start += BlockSize)
        {
            int count = Math.Min(BlockSize, embeddings.Count - start);
            for (int i = 0; i < count; i++)
            {
                embeddings[start + i].Vector.Span.CopyTo(rows.AsSpan(i * Dimension));
            }

            _probabilities(rows.AsSpan(0, count * Dimension), probabilities.AsSpan(start, count));
        }

        return probabilities;
    }

    /// <summary>The distance to the hyperplane, or the statistic of an ensemble.</summary>
    internal float Distance(Embedding<float> embedding)
    {
        Span<float> distance = stackalloc float[1];
        _distances(embedding.Vector.Span, distance);
        return distance[0];
    }

    private static void RequireCalibration(bool isCalibrated, string parameterName)
    {
        if (!isCalibrated)
        {
            throw new ArgumentException(
                "The model is not calibrated, so it has no probabilities: call Calibrate with embeddings that it was not fitted to.", parameterName);
        }
    }

    private void RequireDimension(Embedding<float> embedding, int index)
    {
        if (embedding.Vector.Length != Dimension)
        {
            throw new InvalidOperationException(
                $"Embedding {index} has {embedding.Vector.Length} values, and the detector was fitted to embeddings of {Dimension}. "
                + "Fit a detector to this generator's embeddings, or ask for the model and dimensions that it was fitted to.");
        }
    }
}
