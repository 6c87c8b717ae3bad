using Dime.MLNet.Detection;
using Dime.MLNet.Detection.Training;
using Dime.MLNet.Modelling;

namespace Dime.MLNet;

/// <summary>What <see cref="DimeEstimator"/> reads, how it fits, and what the transformer appends.</summary>
/// <remarks>
/// A null name of an output column leaves that column out; at least one must remain, and no two may be the same. Where the embedding is
/// fitted already, <see cref="DetectorOptions.ExampleWeightColumnName"/>, <see cref="DetectorOptions.ExplainedVarianceThreshold"/>,
/// <see cref="Rank"/>, <see cref="NormalizeEmbeddings"/> and <see cref="DetectorOptions.Calibration"/> do not apply, and are an error if they are set.
/// </remarks>
public sealed class DimeOptions : DetectorOptions
{
    private readonly string _inputColumnName = Defaults.InputColumnName;
    private readonly string? _withinDistanceColumnName;
    private readonly string? _withinProbabilityColumnName;
    private readonly int? _rank;

    /// <summary>The column of embeddings: a known-size vector of <see cref="float"/>, dense or sparse.</summary>
    /// <exception cref="ArgumentException">The name is null or white space.</exception>
    public string InputColumnName { get => _inputColumnName; init => _inputColumnName = RequireName(value); }

    /// <summary>The output column of the Mahalanobis distance within the hyperplane (<see cref="float"/>, 0 or more); null, the default, leaves it out.</summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? WithinDistanceColumnName { get => _withinDistanceColumnName; init => _withinDistanceColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// The output column of the probability of such a distance within the hyperplane or a smaller one (<see cref="float"/> in
    /// [0, 1]); null, the default, leaves it out. NaN in each row until the model is calibrated.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? WithinProbabilityColumnName { get => _withinProbabilityColumnName; init => _withinProbabilityColumnName = RequireNameOrNull(value); }

    /// <summary>k, the dimension of the hyperplane, 1 or more; null, the default, to choose it by <see cref="DetectorOptions.ExplainedVarianceThreshold"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? Rank { get => _rank; init => _rank = value is null ? null : RequireAtLeast(value.Value, 1); }

    /// <summary>
    /// Whether each embedding is scaled to length 1, x / max(‖x‖₂, 1e-12), before it is fitted to or measured; false, the default, is the
    /// method as published. An embedding near zero lies near any hyperplane through the origin, whatever the network saw; scaled, it does not
    /// (the cosine kernel of Fang, Tao, Lv, He, Huang and Yang, "Kernel PCA for Out-of-Distribution Detection", NeurIPS 2024).
    /// </summary>
    public bool NormalizeEmbeddings { get; init; }

    /// <summary>The options of a fit.</summary>
    internal static DimeOptions Of(ScoringSettings scoring, HyperplaneFitSettings fit, CalibrationRows calibration) => new()
    {
        InputColumnName = scoring.InputColumnNames[0],
        DistanceColumnName = scoring.DistanceColumnName,
        ProbabilityColumnName = scoring.ProbabilityColumnName,
        OutlierColumnName = scoring.OutlierColumnName,
        WithinDistanceColumnName = scoring.WithinDistanceColumnName,
        WithinProbabilityColumnName = scoring.WithinProbabilityColumnName,
        OutlierProbability = scoring.OutlierProbability,
        PercentileCount = scoring.PercentileCount,
        ModelName = scoring.ModelName,
        ExampleWeightColumnName = fit.ExampleWeightColumnName,
        ExplainedVarianceThreshold = fit.ExplainedVarianceThreshold,
        Rank = fit.Rank,
        NormalizeEmbeddings = fit.NormalizeEmbeddings,
        Calibration = Calibration.Of(calibration),
    };

    internal HyperplaneFitSettings ForFit() => new(ExplainedVarianceThreshold, Rank, NormalizeEmbeddings, ExampleWeightColumnName);

    internal ScoringSettings ForScoring(string parameterName) => RequirePossible(
        new ScoringSettings(
            [InputColumnName],
            DistanceColumnName,
            ProbabilityColumnName,
            OutlierColumnName,
            WithinDistanceColumnName,
            WithinProbabilityColumnName,
            ScoreProbabilitiesColumnName: null,
            OutlierProbability,
            PercentileCount)
        {
            ModelName = ModelName,
        },
        parameterName);

    /// <summary>How to score with an embedding that is fitted already.</summary>
    /// <exception cref="ArgumentException">An option is set that matters to the fit alone, or the columns are not possible.</exception>
    internal ScoringSettings ForScoring(ModelledEmbedding embedding, string parameterName)
    {
        RequireNothingOfTheFit([(nameof(Rank), Rank is not null), (nameof(NormalizeEmbeddings), NormalizeEmbeddings)], parameterName);
        ScoringSettings settings = ForScoring(parameterName);
        return !settings.NeedsDistanceWithin || embedding.HasDistanceWithinHyperplane
            ? settings
            : throw new ArgumentException(
                $"The embedding has no distance within the hyperplane, as it was fitted to a total weight of 1 or less: leave "
                + $"{nameof(WithinDistanceColumnName)} and {nameof(WithinProbabilityColumnName)} null, or fit to more rows.",
                parameterName);
    }
}
