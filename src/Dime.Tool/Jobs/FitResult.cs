using System.Globalization;
using System.Text.Json.Serialization;
using Dime.MLNet;
using Dime.Tool.Fitting;
using Dime.Tool.Images;
using Dime.Tool.Inputs;
using Dime.Tool.Models;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime fit</c> tells, and <c>dime merge</c> of a model.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Rows">The number of rows that were fitted to or held out.</param>
/// <param name="Method">What was fitted.</param>
/// <param name="Hyperplane">DIME's figures; null for an ensemble.</param>
/// <param name="Ensemble">An ensemble's figures; null for DIME.</param>
/// <param name="IsCalibrated">Whether the model gives probabilities.</param>
internal sealed record FitResult(
    string Model,
    long Rows,
    FitMethod Method,
    [property: JsonIgnore] HyperplaneResult? Hyperplane,
    EnsembleResult? Ensemble,
    bool IsCalibrated)
{
    /// <summary>The images that were left out because they cannot be read.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; init; } = [];

    /// <summary>What the fit warns of, such as rows that were left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was taken from a file of embeddings; null for images.</summary>
    public TakenColumns? Columns { get; init; }

    /// <summary>What was taken from another file to calibrate on; null where there is none.</summary>
    public TakenColumns? CalibrationColumns { get; init; }

    /// <summary>The parts that were merged; null where there are none.</summary>
    public IReadOnlyList<SumsSource>? Parts { get; init; }

    /// <param name="model">The zip.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="settings">The pipeline.</param>
    /// <param name="tensors">The tensors that the detector watches; null where the rows are embeddings.</param>
    /// <param name="detector">The detector.</param>
    public static FitResult Of(string model, long rows, PipelineSettings settings, IReadOnlyList<string>? tensors, DetectorTransformer detector) => new(
        model,
        rows,
        settings.Method,
        detector is DimeTransformer dime ? HyperplaneResult.Of(dime.Embedding, tensors?[0]) : null,
        detector is EnsembleTransformer ensemble ? EnsembleResult.Of(ensemble.Ensemble, settings, tensors) : null,
        detector.IsCalibrated);

    /// <summary>The tensor that DIME watches; null where the rows are embeddings, and for ensembles.</summary>
    public string? Layer => Hyperplane?.Layer;

    /// <summary>The number of values of DIME's embedding.</summary>
    public int? Dimension => Hyperplane?.Dimension;

    /// <summary>The dimension of DIME's hyperplane.</summary>
    public int? Rank => Hyperplane?.Rank;

    /// <summary>The share of the variance that DIME's hyperplane explains.</summary>
    public double? ExplainedVariance => Hyperplane?.ExplainedVariance;

    /// <summary>The same in one line, with what was chosen by itself.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(CultureInfo.InvariantCulture, $"{Rows} rows{(Parts is null ? "" : $" of {Parts.Count} part{(Parts.Count == 1 ? "" : "s")}")}{Hyperplane?.Words}{Ensemble?.Words}. Saved to {Model}.");
}

/// <summary>What is told of a hyperplane.</summary>
/// <param name="Layer">The tensor that is watched; null where the rows are embeddings.</param>
/// <param name="Dimension">The number of values of an embedding.</param>
/// <param name="Rank">The dimension of the hyperplane.</param>
/// <param name="ExplainedVariance">The share of the variance that it explains.</param>
internal sealed record HyperplaneResult(string? Layer, int Dimension, int Rank, double ExplainedVariance)
{
    public static HyperplaneResult Of(ModelledEmbedding embedding, string? layer) =>
        new(layer, embedding.Dimension, embedding.Rank, embedding.ExplainedVariance.Sum());

    public string Words => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Layer is null ? "" : $" at {Layer}")}: a hyperplane of rank {Rank} in {Dimension} dimensions explains {100 * ExplainedVariance:F1} %");
}

/// <summary>What is told of an ensemble.</summary>
/// <param name="Tensors">The tensors that it watches; null where the rows are embeddings.</param>
/// <param name="Scores">Its scores.</param>
/// <param name="Classes">How many classes there are; 0 where no score goes by class.</param>
/// <param name="ClassesFrom">Where they come from, in words; null where there are none.</param>
internal sealed record EnsembleResult(IReadOnlyList<string>? Tensors, IReadOnlyList<WeightedScore> Scores, int Classes, string? ClassesFrom)
{
    public static EnsembleResult Of(ModelledEnsemble ensemble, PipelineSettings settings, IReadOnlyList<string>? tensors) => new(
        tensors,
        [.. ensemble.Scores.Select(score => new WeightedScore(score.Name, score.Weight))],
        ensemble.ClassNames.Count,
        (ensemble.ClassNames.Count, settings) switch
        {
            (0, _) => null,
            (_, { Images: null, ClassColumnName: RowColumns.Class }) => "the labels",
            (_, { Images: null }) => $"column '{settings.ClassColumnName}'",
            (_, { Classes: ClassSource.Folders }) => "the folders",
            _ => "the logits",
        });

    [JsonIgnore]
    public string Words => string.Create(
        CultureInfo.InvariantCulture,
        $": an ensemble of {Scores.Count} scores of {(Tensors is null ? "the embedding" : string.Join(", ", Tensors))}{(ClassesFrom is null ? ", without classes" : $", with {Classes} classes from {ClassesFrom}")}");
}

/// <summary>A score of an ensemble.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">How much it counts.</param>
internal sealed record WeightedScore(string Name, double Weight);
