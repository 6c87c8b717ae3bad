using Microsoft.Extensions.AI;

namespace Dime.MLNet;

/// <summary>An input whose embedding is unlike those that a detector was fitted to.</summary>
/// <typeparam name="TInput">What embeddings are made of, such as <see cref="string"/>.</typeparam>
public sealed class OutOfDistributionDetectedEventArgs<TInput> : EventArgs
{
    internal OutOfDistributionDetectedEventArgs(TInput input, int index, Embedding<float> embedding, float distance, float probability)
    {
        Input = input;
        Index = index;
        Embedding = embedding;
        Distance = distance;
        Probability = probability;
    }

    /// <summary>What the embedding was made of.</summary>
    public TInput Input { get; }

    /// <summary>The place of the input among those of its call, from 0.</summary>
    public int Index { get; }

    /// <summary>The embedding that the caller gets.</summary>
    public Embedding<float> Embedding { get; }

    /// <summary>
    /// The distance to the hyperplane, or the statistic of an ensemble: 0 or more, and large means unlike the training data; +∞
    /// where the embedding has a value that is not finite.
    /// </summary>
    public float Distance { get; }

    /// <summary>The probability of such a distance or a smaller one on inputs like those of the calibration, in [0, 1].</summary>
    public float Probability { get; }
}
