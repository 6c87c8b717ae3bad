using System.Text.Json.Serialization;
using Dime.MLNet;
using Dime.Tool.Images;
using Dime.Tool.Inputs;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime drift</c> tells.</summary>
/// <param name="Input">The rows.</param>
/// <param name="IsDrift">Whether they drifted.</param>
/// <param name="Verdict">That in words.</param>
/// <param name="PValue">The smallest p-value times the number of tests.</param>
/// <param name="Level">What it must be below for drift.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Flagged">How many of them are flagged.</param>
/// <param name="NotFinite">How many of them have a value that is not finite.</param>
/// <param name="CalibrationRows">The number of rows that the model was calibrated on.</param>
/// <param name="DriftedScores">The scores of an ensemble that drifted, the strongest first.</param>
/// <param name="Tests">All tests.</param>
/// <param name="Warnings">What limits the result.</param>
/// <param name="Unreadable">The images that were left out because they cannot be read.</param>
/// <param name="Columns">What was taken from a file of embeddings; null for images.</param>
/// <param name="Result">The result itself, for tables and reports.</param>
internal sealed record DriftReport(
    string Input,
    bool IsDrift,
    string Verdict,
    double PValue,
    double Level,
    long Rows,
    long Flagged,
    long NotFinite,
    long CalibrationRows,
    IReadOnlyList<string> DriftedScores,
    IReadOnlyList<DriftTestReport> Tests,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<UnreadableImage> Unreadable,
    TakenColumns? Columns,
    [property: JsonIgnore] DriftResult Result)
{
    public static DriftReport Of(string input, DriftResult result, IReadOnlyList<UnreadableImage> unreadable, TakenColumns? columns) => new(
        input,
        result.IsDrift,
        result.Verdict,
        result.PValue,
        result.Level,
        result.RowCount,
        result.FlaggedRowCount,
        result.NonFiniteRowCount,
        result.CalibrationRowCount,
        result.DriftedScoreNames,
        [.. result.Tests.Select(DriftTestReport.Of)],
        result.Warnings,
        unreadable,
        columns,
        result);
}

/// <summary>What one test tells.</summary>
/// <param name="Kind">What is compared.</param>
/// <param name="Score">The score of an ensemble; null for the whole, and for a single distance.</param>
/// <param name="Statistic">The share of flagged rows, D or T²; null where the test is left out.</param>
/// <param name="Expected">What that usually is; null where the test is left out.</param>
/// <param name="PValue">Null where the test is left out.</param>
/// <param name="WhyLeftOut">Why it is left out; null where it is not.</param>
internal sealed record DriftTestReport(DriftTestKind Kind, string? Score, double? Statistic, double? Expected, double? PValue, string? WhyLeftOut)
{
    public static DriftTestReport Of(DriftTestResult test) => test.PValue is null
        ? new DriftTestReport(test.Kind, test.ScoreName, null, null, null, test.WhyLeftOut)
        : new DriftTestReport(test.Kind, test.ScoreName, test.Statistic, test.Expected, test.PValue, null);
}
