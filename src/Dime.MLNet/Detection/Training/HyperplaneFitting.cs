using System.Diagnostics;
using System.Globalization;
using Dime.MLNet.Modelling;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Detection.Training;

/// <summary>How to fit a hyperplane.</summary>
/// <param name="ExplainedVarianceThreshold">The share that the hyperplane must explain where no rank is given.</param>
/// <param name="Rank">The dimension of the hyperplane, or null to choose it by the threshold.</param>
/// <param name="NormalizeEmbeddings">Whether embeddings are scaled to length 1.</param>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
internal sealed record HyperplaneFitSettings(double ExplainedVarianceThreshold, int? Rank, bool NormalizeEmbeddings, string? ExampleWeightColumnName)
    : FitSettings<ModelledEmbedding>(ExampleWeightColumnName, ClassColumnName: null)
{
    /// <inheritdoc/>
    public override string Kind => "a hyperplane";

    /// <inheritdoc/>
    public override IRowSums Begin(ScoringSettings settings, IReadOnlyList<int> dimensions)
    {
        CheckRank(dimensions[0]);
        return new EmbeddingAccumulator(dimensions[0], NormalizeEmbeddings);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> OptionsOfSums(ScoringSettings settings) =>
    [
        ("InputColumnName", Text(settings.InputColumnNames[0])),
        (nameof(NormalizeEmbeddings), NormalizeEmbeddings ? "true" : "false"),
        (nameof(ExampleWeightColumnName), Text(ExampleWeightColumnName)),
    ];

    /// <inheritdoc/>
    public override ModelledEmbedding Fit(IRowSums sums, ScoringSettings settings, IChannel channel, TimeSpan reading)
    {
        var clock = Stopwatch.StartNew();
        ModelledEmbedding model = Fit((EmbeddingAccumulator)sums, settings);
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The hyperplane of {settings.Input} has rank {model.Rank} of {model.Dimension} and explains {model.ExplainedVariance.Sum():P2} of {sums.Count} rows ({(reading + clock.Elapsed).TotalSeconds:F2} s)."));
        return model;
    }

    private ModelledEmbedding Fit(EmbeddingAccumulator sums, ScoringSettings settings)
    {
        CheckRank(sums.Dimension);
        try
        {
            ModelledEmbedding model = sums.Fit(ExplainedVarianceThreshold, Rank);
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

    private void CheckRank(int dimension)
    {
        if (Rank > dimension)
        {
            throw new InvalidOperationException($"The rank {Rank} is above the length of the embeddings, {dimension}: choose {dimension} or less.");
        }
    }
}
