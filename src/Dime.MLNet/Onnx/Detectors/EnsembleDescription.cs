using System.Text.Json.Serialization;
using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>What a model's metadata says of an ensemble. Numbers are where the operators have them, in the weights that are named here.</summary>
/// <param name="Columns">The columns of a row.</param>
/// <param name="Scores">The scores, in the order of the output of their probabilities.</param>
/// <param name="ClassNames">The classes that rows are compared to.</param>
/// <param name="LeftOutClassNames">The classes without a mean.</param>
/// <param name="Parts">What was fitted of each group of scores, in the order of their first scores.</param>
/// <param name="CalibrationRowCount">n.</param>
/// <param name="PercentileCount">How many percentiles each score has.</param>
/// <param name="Percentiles">The table of the scores' percentiles.</param>
/// <param name="TailStarts">The weights u.</param>
/// <param name="NegativeExcesses">The weights −β.</param>
internal sealed record EnsembleDescription(
    EnsembleColumnDescription[] Columns,
    EnsembleScoreDescription[] Scores,
    string[] ClassNames,
    string[] LeftOutClassNames,
    EnsemblePart[] Parts,
    long CalibrationRowCount,
    int PercentileCount,
    [property: JsonPropertyName("Knots")] string Percentiles,
    string TailStarts,
    string NegativeExcesses)
{
    /// <summary>Whether all that must be there is.</summary>
    [JsonIgnore]
    public bool IsComplete =>
        this is { Percentiles: not null, TailStarts: not null, NegativeExcesses: not null }
        && Has(Columns, column => column.Name is not null)
        && Has(Scores, score => score is { Name: not null, Column: not null })
        && Has(ClassNames, _ => true)
        && Has(LeftOutClassNames, _ => true)
        && Has(Parts, part => part.IsComplete);

    /// <summary>The tensors that it monitors.</summary>
    [JsonIgnore]
    public IEnumerable<string> Tensors => Columns.Select(column => column.Tensor).OfType<string>();

    public static EnsembleDescription Of(EnsembleDetector detector, IReadOnlyList<string> tensors, EnsemblePart[] parts, PValueNodes pValues)
    {
        ModelledEnsemble ensemble = detector.Ensemble;
        var monitored = detector.Columns.Zip(tensors).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        return new EnsembleDescription(
            [.. ensemble.Layout.Select(column => new EnsembleColumnDescription(column.Name, column.Dimension, monitored.GetValueOrDefault(column.Name)))],
            [.. ensemble.Scores.Select(score => new EnsembleScoreDescription(score.Name, score.Kind, score.ColumnName, score.Weight, score.Normalize, score.Rank))],
            [.. ensemble.ClassNames],
            [.. ensemble.LeftOutClassNames],
            parts,
            ensemble.CalibrationRowCount,
            detector.Calibration.Scores[0].Percentiles.Percentiles.Length,
            pValues.Percentiles,
            pValues.TailStarts,
            pValues.NegativeExcesses);
    }

    private static bool Has<T>(T[]? all, Func<T, bool> isComplete) => all is not null && Array.TrueForAll(all, one => one is not null && isComplete(one));
}

/// <param name="Name">The name of the column.</param>
/// <param name="Dimension">The number of its values.</param>
/// <param name="Tensor">The tensor that gives them; null where no score reads it.</param>
internal sealed record EnsembleColumnDescription(string Name, int Dimension, string? Tensor);

/// <summary>One score; its name is for those who read the file without this library.</summary>
internal sealed record EnsembleScoreDescription(
    string Name, [property: JsonConverter(typeof(JsonStringEnumConverter<OutOfDistributionScoreKind>))] OutOfDistributionScoreKind Kind, string Column, double Weight, bool Normalize, int? Rank);

/// <summary>What was fitted for a group of scores: one of both, or nothing.</summary>
internal sealed record EnsemblePart(HyperplaneDescription? Hyperplane, MahalanobisDescription? Mahalanobis)
{
    [JsonIgnore]
    public bool IsComplete =>
        Hyperplane is null or { Basis: not null, ExplainedVariance: not null }
        && Mahalanobis is null or { Mean: not null, Deviation: not null, Whitening: not null };

    /// <summary>What the file says, yet to be checked.</summary>
    public RestoredScoreModel Read(DetectorWeights weights) => new() { Hyperplane = Hyperplane?.Read(weights), Mahalanobis = Mahalanobis?.Read(weights) };
}

/// <summary>The names of the weights of Mahalanobis distances.</summary>
internal sealed record MahalanobisDescription(
    string Mean,
    string Deviation,
    string Whitening,
    string? ClassMeans,
    string? TotalPrecisions,
    string? Basis,
    string? TotalResidualPrecision,
    string? WithinResidualPrecision,
    long TrainingRowCount = 0,
    double LargestVarianceRatio = 1)
{
    /// <summary>What the file says, yet to be checked.</summary>
    public RestoredMahalanobis Read(DetectorWeights weights) => new(
        weights.Doubles(Mean),
        weights.Doubles(Deviation),
        Basis is null ? null : weights.Singles(Basis),
        weights.Singles(Whitening),
        ClassMeans is null ? null : Array.ConvertAll(weights.Doubles(ClassMeans), value => (float)value),
        TotalPrecisions is null ? null : weights.Doubles(TotalPrecisions),
        TotalResidualPrecision is null || WithinResidualPrecision is null
            ? null
            : new ResidualPrecisions(weights.Doubles(TotalResidualPrecision).FirstOrDefault(), weights.Doubles(WithinResidualPrecision).FirstOrDefault()),
        new CovarianceRows(TrainingRowCount, LargestVarianceRatio));
}
