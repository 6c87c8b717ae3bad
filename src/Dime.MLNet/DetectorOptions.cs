using System.Runtime.CompilerServices;
using Dime.MLNet.Detection;
using Dime.MLNet.Modelling;

namespace Dime.MLNet;

/// <summary>What the options of all detectors have in common: the columns that are appended, and how they are calibrated.</summary>
/// <remarks>
/// A null name of an output column leaves that column out; at least one must remain, and no two may be the same. Where the model is
/// fitted already, options that matter to the fit alone do not apply, and are an error if they are set.
/// </remarks>
public abstract class DetectorOptions
{
    private readonly string? _distanceColumnName = Defaults.DistanceColumnName;
    private readonly string? _probabilityColumnName = Defaults.ProbabilityColumnName;
    private readonly string? _outlierColumnName = Defaults.OutlierColumnName;
    private readonly string? _exampleWeightColumnName;
    private readonly string? _modelName;
    private readonly double _explainedVarianceThreshold = Defaults.ExplainedVarianceThreshold;
    private readonly int _percentileCount = Defaults.PercentileCount;
    private readonly double _outlierProbability = Defaults.OutlierProbability;
    private readonly Calibration _calibration = Calibration.HeldOut();

    private protected DetectorOptions()
    {
    }

    /// <summary>
    /// The output column of the distance (<see cref="float"/>, 0 or more, +∞ for an embedding with a value that is not finite): to the
    /// hyperplane, and of an ensemble the statistic T of its scores, which is NaN until the model is calibrated.
    /// </summary>
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

    /// <summary>
    /// A column of weights (<see cref="float"/>, finite, not negative) with which rows enter the fit: 2 counts as
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

    /// <summary>How many percentiles of the calibration distances to keep, 2 or more: probabilities are multiples of 1 / (count − 1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int PercentileCount { get => _percentileCount; init => _percentileCount = RequireAtLeast(value, 2); }

    /// <summary>The probability from which on a row is flagged as out of distribution, in (0, 1]: 0.95 flags about 5 % of in-distribution rows, 0.05 about 95 %.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public double OutlierProbability { get => _outlierProbability; init => _outlierProbability = RequireShare(value); }

    /// <summary>What the model is called in metrics, where it is the tag "dime.model", and in files; null, the default, calls it by its input columns.</summary>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    public string? ModelName
    {
        get => _modelName;
        init => _modelName = value is null || !string.IsNullOrWhiteSpace(value)
            ? value
            : throw new ArgumentException("The name of a model must not be empty or white space.", nameof(ModelName));
    }

    /// <summary>Which of the rows given to <c>Fit</c> calibrate the probabilities; by default a held-out fifth, at most 20 000.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public Calibration Calibration
    {
        get => _calibration;
        init => _calibration = value ?? throw new ArgumentNullException(nameof(value), $"Use {nameof(Calibration)}.{nameof(Calibration.None)} for no calibration.");
    }

    internal static double RequireShare(double value, [CallerMemberName] string name = "") =>
        value > 0 && value <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "The value must be in (0, 1].");

    /// <summary>Checks what is to be known before anything is read.</summary>
    /// <exception cref="ArgumentException">The columns are not possible.</exception>
    private protected static ScoringSettings RequirePossible(ScoringSettings settings, string parameterName) =>
        settings.WhatIsWrong() is { } wrong ? throw new ArgumentException($"{wrong}.", parameterName) : settings;

    /// <summary>Checks that nothing is set that matters to the fit alone.</summary>
    /// <param name="ofTheFit">What else matters to it: its name, and whether it is set.</param>
    /// <param name="parameterName">The name of the options.</param>
    /// <exception cref="ArgumentException">Such an option is set.</exception>
    private protected void RequireNothingOfTheFit(IEnumerable<(string Name, bool IsSet)> ofTheFit, string parameterName)
    {
        (string Name, bool IsSet)[] common =
        [
            (nameof(ExampleWeightColumnName), ExampleWeightColumnName is not null),
            (nameof(ExplainedVarianceThreshold), ExplainedVarianceThreshold != Defaults.ExplainedVarianceThreshold),
            (nameof(Calibration), Calibration.Rows != Calibration.HeldOut().Rows),
        ];
        string[] set = [.. ofTheFit.Concat(common).Where(option => option.IsSet).Select(option => option.Name)];
        if (set.Length > 0)
        {
            throw new ArgumentException(
                $"The model is fitted already, so {string.Join(", ", set)} cannot apply: leave out what matters to the fit alone, and fit or calibrate the model itself that way.",
                parameterName);
        }
    }

    private protected static int RequireAtLeast(int value, int least, [CallerMemberName] string name = "") =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"The value must be {least} or more.");

    private protected static string? RequireNameOrNull(string? value, [CallerMemberName] string name = "") =>
        value is null ? null : RequireName(value, name);

    private protected static string RequireName(string? value, [CallerMemberName] string name = "") =>
        !string.IsNullOrWhiteSpace(value) ? value : throw new ArgumentException("A column name must not be empty or white space.", name);
}
