using Dime.MLNet.Evaluation.Drift;

namespace Dime.MLNet;

/// <summary>Whether many rows together differ from those that a model was calibrated on, and in what. An instance never changes.</summary>
public sealed class DriftResult
{
    private readonly DriftTestResult[] _tests;
    private readonly string[] _warnings;

    internal DriftResult(DriftCounts counts, double level, DriftTestResult[] tests, string[] warnings)
    {
        _tests = tests;
        _warnings = warnings;
        Level = level;
        RowCount = counts.Rows;
        FlaggedRowCount = counts.Flagged;
        NonFiniteRowCount = counts.NonFinite;
        CalibrationRowCount = counts.CalibrationRows;
        OutlierProbability = counts.OutlierProbability;
        int used = tests.Count(test => test.PValue is not null);
        PValue = Math.Min(1, used * tests.Min(test => test.PValue ?? 1));
        double limit = level / used;
        Objections = [.. tests.Where(test => test.PValue < limit).OrderBy(test => test.PValue)];
        DriftedScoreNames = [.. Objections.Select(test => test.ScoreName).OfType<string>().Distinct()];
        Verdict = DriftVerdict.Of(this);
    }

    /// <summary>m, the number of rows that were tested.</summary>
    public long RowCount { get; }

    /// <summary>How many of them are flagged: their probability is <see cref="OutlierProbability"/> or more.</summary>
    public long FlaggedRowCount { get; }

    /// <summary>How many of them have a value that is not finite. They count as flagged, with the probability 1, and not for the means.</summary>
    public long NonFiniteRowCount { get; }

    /// <summary>n, the number of rows that the model was calibrated on.</summary>
    public long CalibrationRowCount { get; }

    /// <summary>The probability from which on a row counts as flagged, in (0, 1].</summary>
    public double OutlierProbability { get; }

    /// <summary>The probability of an alarm on rows like the calibration rows, at most.</summary>
    public double Level { get; }

    /// <summary>The smallest p-value of the tests times their number (Bonferroni), at most 1.</summary>
    public double PValue { get; }

    /// <summary>Whether the rows drifted: <see cref="PValue"/> is below <see cref="Level"/>.</summary>
    public bool IsDrift => Objections.Count > 0;

    /// <summary>All tests: of the whole, then of each score of an ensemble; those that were left out have a reason and count for nothing.</summary>
    public IReadOnlyList<DriftTestResult> Tests => _tests.AsReadOnly();

    /// <summary>The tests that object by themselves, their p-value times the number of tests being below the level; the strongest first.</summary>
    public IReadOnlyList<DriftTestResult> Objections { get; }

    /// <summary>The scores of an ensemble that drifted, by their names, which name their columns; the strongest first. Empty where there is no drift, or only the whole shows it.</summary>
    public IReadOnlyList<string> DriftedScoreNames { get; }

    /// <summary>What the tests say, in a few sentences.</summary>
    public string Verdict { get; }

    /// <summary>What limits the result, such as too few rows.</summary>
    public IReadOnlyList<string> Warnings => _warnings.AsReadOnly();

    /// <summary>The <see cref="Verdict"/>.</summary>
    public override string ToString() => Verdict;
}
