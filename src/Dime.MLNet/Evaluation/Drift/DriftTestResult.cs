namespace Dime.MLNet;

/// <summary>What one of the tests for drift says.</summary>
public sealed record DriftTestResult
{
    internal DriftTestResult(DriftTestKind kind, string? scoreName, double statistic, double expected, double? pValue, string? whyLeftOut = null)
    {
        Kind = kind;
        ScoreName = scoreName;
        Statistic = statistic;
        Expected = expected;
        PValue = pValue;
        WhyLeftOut = whyLeftOut;
    }

    /// <summary>What is compared.</summary>
    public DriftTestKind Kind { get; }

    /// <summary>
    /// The score of an ensemble that is tested, by its <see cref="OutOfDistributionScore.Name"/>, which names its column; null for the
    /// distance of a hyperplane, and for the statistic of all scores together.
    /// </summary>
    public string? ScoreName { get; }

    /// <summary>The share of flagged rows in [0, 1], D in [0, 1], or T², 0 or more; NaN where the test is left out.</summary>
    public double Statistic { get; }

    /// <summary>What the statistic usually is on rows like the calibration rows: a share; 0 for D; k for T². NaN where the test is left out.</summary>
    public double Expected { get; }

    /// <summary>The probability of such a statistic, or a larger one, on rows like the calibration rows; null where the test is left out.</summary>
    public double? PValue { get; }

    /// <summary>Why the test is left out, with the remedy; null where it is not.</summary>
    public string? WhyLeftOut { get; }
}
