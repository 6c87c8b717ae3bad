using Microsoft.Extensions.AI;

namespace Dime.MLNet;

/// <summary>How an <see cref="OutOfDistributionEmbeddingGenerator{TInput}"/> judges and reports.</summary>
public sealed class OutOfDistributionDetectionOptions
{
    private readonly double? _outlierProbability;
    private readonly string _modelName = "embeddings";
    private readonly string? _probabilityPropertyName = "dime.probability";

    /// <summary>
    /// The probability from which on an embedding is out of distribution, in (0, 1]: 0.95 tells of about 5 % of inputs like those that
    /// the detector was calibrated on, 0.99 of about 1 %. Null for that of the detector.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public double? OutlierProbability
    {
        get => _outlierProbability;
        init => _outlierProbability = value is null or (> 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(OutlierProbability), value, "The value must be in (0, 1].");
    }

    /// <summary>The value of the tag <c>dime.model</c> of all metrics, "embeddings" by default: names the detector where there are several.</summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string ModelName
    {
        get => _modelName;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(ModelName));
            _modelName = value;
        }
    }

    /// <summary>
    /// The key in <see cref="Embedding.AdditionalProperties"/> under which each embedding gets its probability, a <see cref="float"/>
    /// in [0, 1]; "dime.probability" by default, null for none. Give each of several detectors its own.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? ProbabilityPropertyName
    {
        get => _probabilityPropertyName;
        init => _probabilityPropertyName = value is null || !string.IsNullOrWhiteSpace(value)
            ? value
            : throw new ArgumentException("The name must not be empty or white space; null leaves the property out.", nameof(ProbabilityPropertyName));
    }
}
