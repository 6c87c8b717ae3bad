using Dime.MLNet;

namespace Microsoft.Extensions.AI;

/// <summary>Fits detectors to the embeddings of inputs.</summary>
public static class DetectorFittingExtensions
{
    private const string ColumnName = "Embedding";

    /// <summary>Fits a hyperplane to the embeddings of inputs, and calibrates it on those of others.</summary>
    /// <param name="generator">Gives the embeddings, 64 inputs a call.</param>
    /// <param name="values">The inputs to learn from: typical ones, better hundreds than tens.</param>
    /// <param name="calibrationValues">Other typical inputs, which tell how large distances usually are.</param>
    /// <param name="options">For the generator; those that it will have in use.</param>
    /// <param name="cancellationToken">Stops it between calls, and in them as the generator does.</param>
    /// <returns>A calibrated model of 99 % of the explained variance; <see cref="ModelledEmbedding.Fit"/> has more to choose.</returns>
    /// <typeparam name="TInput">What embeddings are made of.</typeparam>
    /// <exception cref="ArgumentNullException">An argument but <paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">There are no inputs of either kind.</exception>
    /// <exception cref="InvalidOperationException">An embedding is missing, of another length than the others, or not finite; the message names the input.</exception>
    public static async Task<ModelledEmbedding> FitModelledEmbeddingAsync<TInput>(
        this IEmbeddingGenerator<TInput, Embedding<float>> generator,
        IEnumerable<TInput> values,
        IEnumerable<TInput> calibrationValues,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(calibrationValues);
        EmbeddingAccumulator? sums = null;
        await foreach ((float[] rows, int dimension) in EmbeddingRows.GenerateAsync(generator, values, nameof(values), options, cancellationToken).ConfigureAwait(false))
        {
            sums ??= new EmbeddingAccumulator(dimension);
            sums.Add(rows);
        }

        return sums!.Fit().Calibrate(await CalibrationRowsAsync(generator, calibrationValues, options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Fits an ensemble to the embeddings of inputs of known classes, such as intents, and calibrates it on those of others.</summary>
    /// <remarks>
    /// Its scores are <see cref="OutOfDistributionScore.RelativeMahalanobis"/> and <see cref="OutOfDistributionScore.ClassMahalanobis"/> of embeddings
    /// of length 1, as <c>dime fit --label</c> has them. <see cref="EnsembleAccumulator"/> takes others.
    /// </remarks>
    /// <param name="generator">Gives the embeddings, 64 inputs a call.</param>
    /// <param name="values">The inputs to learn from, each with the name of its class; of each class two or more.</param>
    /// <param name="calibrationValues">20 or more other inputs of these classes, which tell how large scores usually are.</param>
    /// <param name="options">For the generator; those that it will have in use.</param>
    /// <param name="cancellationToken">Stops it between calls, and in them as the generator does.</param>
    /// <returns>A calibrated ensemble.</returns>
    /// <typeparam name="TInput">What embeddings are made of.</typeparam>
    /// <exception cref="ArgumentNullException">An argument but <paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">There are no inputs of either kind, or the name of a class is empty or white space.</exception>
    /// <exception cref="InvalidOperationException">
    /// An embedding is missing, of another length than the others, or not finite, and the message names the input; or there are too few inputs
    /// to fit to or to calibrate on.
    /// </exception>
    public static async Task<ModelledEnsemble> FitModelledEnsembleAsync<TInput>(
        this IEmbeddingGenerator<TInput, Embedding<float>> generator,
        IEnumerable<(TInput Value, string ClassName)> values,
        IEnumerable<TInput> calibrationValues,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(calibrationValues);
        (TInput Value, string ClassName)[] examples = [.. values];
        EnsembleAccumulator? sums = null;
        int done = 0;
        IAsyncEnumerable<(float[] Rows, int Dimension)> blocks =
            EmbeddingRows.GenerateAsync(generator, examples.Select(example => example.Value), nameof(values), options, cancellationToken);
        await foreach ((float[] rows, int dimension) in blocks.ConfigureAwait(false))
        {
            sums ??= new EnsembleAccumulator(
                new EmbeddingLayout((ColumnName, dimension)),
                [OutOfDistributionScore.RelativeMahalanobis(ColumnName, normalize: true), OutOfDistributionScore.ClassMahalanobis(ColumnName, normalize: true)]);
            int count = rows.Length / dimension;
            int[] classes = [.. examples.Skip(done).Take(count).Select(example => sums.ClassNumber(example.ClassName))];
            sums.Add(rows, classes);
            done += count;
        }

        return sums!.Fit().Calibrate(await CalibrationRowsAsync(generator, calibrationValues, options, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<float[]> CalibrationRowsAsync<TInput>(
        IEmbeddingGenerator<TInput, Embedding<float>> generator, IEnumerable<TInput> calibrationValues, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        var all = new List<float>();
        await foreach ((float[] rows, _) in EmbeddingRows.GenerateAsync(generator, calibrationValues, nameof(calibrationValues), options, cancellationToken).ConfigureAwait(false))
        {
            all.AddRange(rows);
        }

        return [.. all];
    }
}
