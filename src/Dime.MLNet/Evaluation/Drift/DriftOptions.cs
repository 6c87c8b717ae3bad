using Dime.MLNet.Modelling;

namespace Dime.MLNet;

/// <summary>How a test for drift judges rows.</summary>
public sealed class DriftOptions
{
    private readonly double _level = 0.01;
    private readonly double? _outlierProbability;
    private readonly int _percentileCount = Defaults.PercentileCount;

    /// <summary>The probability of an alarm on rows like the calibration rows, at most; in (0, 1), 0.01 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1).</exception>
    public double Level
    {
        get => _level;
        init => _level = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The level of a test must be between 0 and 1, both excluded.");
    }

    /// <summary>The probability from which on a row counts as flagged, in (0, 1]; null, the default, takes that of the transformer, and 0.95 where there is none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public double? OutlierProbability
    {
        get => _outlierProbability;
        init => _outlierProbability = value is null or (> 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The probability from which on a row counts as flagged must be in (0, 1].");
    }

    /// <summary>How many percentiles plain probabilities count in, 2 or more: they are multiples of 1 / (count − 1). A model knows its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int PercentileCount
    {
        get => _percentileCount;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            _percentileCount = value;
        }
    }

    /// <summary>A column that the detector to test appends, such as "DimeDistance", for a pipeline with several; null where there is only one.</summary>
    public string? DetectorColumnName { get; init; }
}
