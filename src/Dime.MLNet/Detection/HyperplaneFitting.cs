using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Mapping;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection;

/// <summary>How to fit a hyperplane.</summary>
/// <param name="ExplainedVarianceThreshold">The share that the hyperplane must explain where no rank is given.</param>
/// <param name="Rank">The dimension of the hyperplane, or null to choose it by the threshold.</param>
/// <param name="NormalizeEmbeddings">Whether embeddings are scaled to length 1.</param>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
internal sealed record HyperplaneFitSettings(double ExplainedVarianceThreshold, int? Rank, bool NormalizeEmbeddings, string? ExampleWeightColumnName)
    : FitSettings<ModelledEmbedding>(ExampleWeightColumnName, ClassColumnName: null)
{
    /// <inheritdoc/>
    public override IFitting<ModelledEmbedding> Begin(ScoringSettings settings, IReadOnlyList<int> dimensions) =>
        Rank > dimensions[0]
            ? throw new InvalidOperationException($"The rank {Rank} is above the length of the embeddings, {dimensions[0]}: choose {dimensions[0]} or less.")
            : new HyperplaneFitting(this, settings, dimensions[0]);
}

/// <summary>The fit of a hyperplane.</summary>
internal sealed class HyperplaneFitting(HyperplaneFitSettings fit, ScoringSettings settings, int dimension) : IFitting<ModelledEmbedding>
{
    private readonly EmbeddingAccumulator _sums = new(dimension, fit.NormalizeEmbeddings);

    public long Count => _sums.Count;

    public long SkippedCount => _sums.SkippedCount;

    public long UnclassifiedCount => 0;

    public int ClassNumber(string name) => ClassColumn.Unknown;

    public void Add(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes, ReadOnlySpan<float> weights)
    {
        if (weights.IsEmpty)
        {
            _sums.Add(rows);
        }
        else
        {
            _sums.Add(rows, weights);
        }
    }

    public ModelledEmbedding Fit(IChannel channel, TimeSpan reading)
    {
        var clock = Stopwatch.StartNew();
        ModelledEmbedding model = Fit();
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The hyperplane of {settings.Input} has rank {model.Rank} of {model.Dimension} and explains {model.ExplainedVariance.Sum():P2} of {Count} rows ({(reading + clock.Elapsed).TotalSeconds:F2} s)."));
        return model;
    }

    private ModelledEmbedding Fit()
    {
        try
        {
            ModelledEmbedding model = _sums.Fit(fit.ExplainedVarianceThreshold, fit.Rank);
            return !settings.NeedsDistanceWithin || model.HasDistanceWithinHyperplane
                ? model
                : throw new InvalidOperationException(
                    "The distance within the hyperplane needs two or more rows, of a total weight above 1: give more, or leave its columns out.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new InvalidOperationException($"Column '{settings.InputColumnNames[0]}' cannot be fitted. {e.Message}", e);
        }
    }
}
