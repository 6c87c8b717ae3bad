using System.Runtime.CompilerServices;
using Dime.MLNet.Detection;

namespace Dime.MLNet;

/// <summary>What <see cref="DimeEstimator"/> reads, how it fits, and what the transformer appends.</summary>
/// <remarks>
/// A null name of an output column leaves that column out; at least one must remain, and no two may be the same. Where the embedding is
/// fitted already, <see cref="ExampleWeightColumnName"/>, <see cref="ExplainedVarianceThreshold"/>, <see cref="Rank"/> and
/// <see cref="Calibration"/> do not apply, and are an error if they are set.
/// </remarks>
public sealed class DimeOptions
{
    private readonly string _inputColumnName = "Features";
    private readonly string? _distanceColumnName = "DimeDistance";
    private readonly string? _probabilityColumnName = "DimeProbability";
    private readonly string? _outlierColumnName = "IsOutOfDistribution";
    private readonly string? _withinDistanceColumnName;
    private readonly string? _withinProbabilityColumnName;
    private readonly string? _exampleWeightColumnName;
    private readonly double _explainedVarianceThreshold = 0.99;
    private readonly int? _rank;
    private readonly int _percentileCount = 5000;
    private readonly double _outlierProbability = 0.95;
    private readonly Calibration _calibration = Calibration.HeldOut();

    /// <summary>The column of embeddings: a known-size vector of <see cref="float"/>, dense or sparse.</summary>
    /// <exception cref="ArgumentException">The name is null or white space.</exception>
    public string InputColumnName { get => _inputColumnName; init => _inputColumnName = RequireName(value)!; }

    /// <summary>The output column of the distance to the hyperplane (<see cref="float"/>, 0 or more, +∞ for an embedding with a value that is not finite).</summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? DistanceColumnName { get => _distanceColumnName; init => _distanceColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// The output column of the probability of such a distance or a smaller one (<see cref="float"/> in [0, 1]; large means
    /// unlike the calibration data). NaN in each row until the model is calibrated.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? ProbabilityColumnName { get => _probabilityColumnName; init => _probabilityColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// The output column that flags rows whose probability is <see cref="OutlierProbability"/> or more (<see cref="bool"/>).
    /// Until the model is calibrated it flags each row, as none is shown to be in distribution.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? OutlierColumnName { get => _outlierColumnName; init => _outlierColumnName = RequireNameOrNull(value); }

    /// <summary>The output column of the Mahalanobis distance within the hyperplane (<see cref="float"/>, 0 or more); null, the default, leaves it out.</summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? WithinDistanceColumnName { get => _withinDistanceColumnName; init => _withinDistanceColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// The output column of the probability of such a distance within the hyperplane or a smaller one (<see cref="float"/> in
    /// [0, 1]); null, the default, leaves it out. NaN in each row until the model is calibrated.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? WithinProbabilityColumnName { get => _withinProbabilityColumnName; init => _withinProbabilityColumnName = RequireNameOrNull(value); }

    /// <summary>
    /// A column of weights (<see cref="float"/>, finite, not negative) with which rows enter the hyperplane: 2 counts as
    /// the row twice. Calibration counts every row once. Null, the default: all rows weigh 1.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? ExampleWeightColumnName { get => _exampleWeightColumnName; init => _exampleWeightColumnName = RequireNameOrNull(value); }

    /// <inheritdoc cref="ModelledEmbedding.Fit" path="/param[@name='explainedVarianceThreshold']"/>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public double ExplainedVarianceThreshold
    {
        get => _explainedVarianceThreshold;
        init => _explainedVarianceThreshold = RequireShare(value);
    }

    /// <summary>k, the dimension of the hyperplane, 1 or more; null, the default, to choose it by <see cref="ExplainedVarianceThreshold"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? Rank { get => _rank; init => _rank = value is null ? null : RequireAtLeast(value.Value, 1); }

    /// <summary>How many percentiles of the calibration distances to keep, 2 or more: probabilities are multiples of 1 / (count − 1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int PercentileCount { get => _percentileCount; init => _percentileCount = RequireAtLeast(value, 2); }

    /// <summary>The probability from which on a row is flagged as out of distribution, in (0, 1]: 0.95 flags about 5 % of in-distribution rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public double OutlierProbability { get => _outlierProbability; init => _outlierProbability = RequireShare(value); }

    /// <summary>Which of the rows given to <c>Fit</c> calibrate the probabilities; by default a held-out fifth, at most 20 000.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public Calibration Calibration
    {
        get => _calibration;
        init => _calibration = value ?? throw new ArgumentNullException(nameof(value), $"Use {nameof(Calibration)}.{nameof(Calibration.None)} for no calibration.");
    }

    internal FitSettings ForFit(ScoringSettings scoring) =>
        new(ExplainedVarianceThreshold, Rank, ExampleWeightColumnName, scoring.NeedsDistanceWithin, PercentileCount);

    /// <exception cref="ArgumentException">No output column is left, or two have the same name.</exception>
    internal ScoringSettings ForScoring(string parameterName)
    {
        var settings = new ScoringSettings(
            InputColumnName,
            DistanceColumnName,
            ProbabilityColumnName,
            OutlierColumnName,
            WithinDistanceColumnName,
            WithinProbabilityColumnName,
            OutlierProbability,
            PercentileCount);
        return settings.WhatIsWrong() is { } wrong ? throw new ArgumentException($"{wrong}.", parameterName) : settings;
    }

    /// <summary>How to score with an embedding that is fitted already.</summary>
    /// <exception cref="ArgumentException">An option is set that matters to the fit alone, or the columns are not possible.</exception>
    internal ScoringSettings ForScoring(ModelledEmbedding embedding, string parameterName)
    {
        var defaults = new DimeOptions();
        (string Name, bool IsSet)[] ofTheFit =
        [
            (nameof(ExampleWeightColumnName), ExampleWeightColumnName != defaults.ExampleWeightColumnName),
            (nameof(ExplainedVarianceThreshold), ExplainedVarianceThreshold != defaults.ExplainedVarianceThreshold),
            (nameof(Rank), Rank != defaults.Rank),
            (nameof(Calibration), Calibration.Rows != defaults.Calibration.Rows),
        ];
        string[] set = [.. ofTheFit.Where(option => option.IsSet).Select(option => option.Name)];
        if (set.Length > 0)
        {
            throw new ArgumentException(
                $"The embedding is fitted already, so {string.Join(", ", set)} cannot apply: leave out what matters to the fit alone, and fit or calibrate the embedding itself that way.",
                parameterName);
        }

        ScoringSettings settings = ForScoring(parameterName);
        return !settings.NeedsDistanceWithin || embedding.HasDistanceWithinHyperplane
            ? settings
            : throw new ArgumentException(
                $"The embedding has no distance within the hyperplane, as it was fitted to a total weight of 1 or less: leave "
                + $"{nameof(WithinDistanceColumnName)} and {nameof(WithinProbabilityColumnName)} null, or fit to more rows.",
                parameterName);
    }

    internal static double RequireShare(double value, [CallerMemberName] string name = "") =>
        value > 0 && value <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "The value must be in (0, 1].");

    private static int RequireAtLeast(int value, int least, [CallerMemberName] string name = "") =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"The value must be {least} or more.");

    private static string? RequireNameOrNull(string? value, [CallerMemberName] string name = "") =>
        value is null ? null : RequireName(value, name);

    private static string RequireName(string? value, [CallerMemberName] string name = "") =>
        !string.IsNullOrWhiteSpace(value) ? value : throw new ArgumentException("A column name must not be empty or white space.", name);
}
