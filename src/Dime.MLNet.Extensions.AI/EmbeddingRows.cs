using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Dime.MLNet;

/// <summary>Embeddings as rows to fit to.</summary>
internal static class EmbeddingRows
{
    // What one call asks for: services bound the inputs of a call.
    private const int BatchSize = 64;

    /// <summary>Generates embeddings, in batches in the order of the inputs; each batch is row-major.</summary>
    /// <exception cref="ArgumentException">There are no inputs.</exception>
    /// <exception cref="InvalidOperationException">The embeddings are not one for each input, of one length and of finite values.</exception>
    public static async IAsyncEnumerable<(float[] Rows, int Dimension)> GenerateAsync<TInput>(
        IEmbeddingGenerator<TInput, Embedding<float>> generator,
        IEnumerable<TInput> values,
        string valuesName,
        EmbeddingGenerationOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int dimension = 0;
        int done = 0;
        foreach (TInput[] batch in values.Chunk(BatchSize))
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(batch, options, cancellationToken).ConfigureAwait(false);
            RequireOneEach(batch.Length, embeddings.Count);
            dimension = done == 0 ? embeddings[0].Vector.Length : dimension;
            float[] rows = new float[batch.Length * dimension];
            for (int i = 0; i < batch.Length; i++)
            {
                ReadOnlySpan<float> vector = embeddings[i].Vector.Span;
                RequireUsable(vector, dimension, done + i);
                vector.CopyTo(rows.AsSpan(i * dimension));
            }

            done += batch.Length;
            yield return (rows, dimension);
        }

        if (done == 0)
        {
            throw new ArgumentException("There is nothing to learn from: give at least one input.", valuesName);
        }
    }

    /// <exception cref="InvalidOperationException">Inputs and embeddings cannot be told to belong to each other.</exception>
    public static void RequireOneEach(int inputs, int embeddings)
    {
        if (inputs != embeddings)
        {
            throw new InvalidOperationException($"The generator gave {embeddings} embeddings for {inputs} inputs: which belongs to which is not known.");
        }
    }

    private static void RequireUsable(ReadOnlySpan<float> vector, int dimension, int index)
    {
        if (vector.Length == 0 || vector.Length != dimension)
        {
            throw new InvalidOperationException($"The embedding of input {index} has {vector.Length} values, that of input 0 has {dimension}: a detector needs one length.");
        }

        if (vector.ToArray().Any(value => !float.IsFinite(value)))
        {
            throw new InvalidOperationException($"The embedding of input {index} has a value that is not finite: leave the input out, or look at the generator.");
        }
    }
}
