using System.Globalization;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>The tests in words.</summary>
internal static class DriftVerdict
{
    // More would hide the strongest.
    private const int NamedObjections = 3;

    public static string Of(DriftResult result)
    {
        DriftTestResult whole = result.Tests[0];
        string rows = result.RowCount == 1 ? "1 row" : Text($"{result.RowCount} rows");
        string flagged = Text($"{whole.Statistic:0.#%} of them are flagged, where about {whole.Expected:0.#%} are expected");
        string nonFinite = result.NonFiniteRowCount == 0 ? "" : Text($" {result.NonFiniteRowCount} of them have values that are not finite: check the network and its input.");
        if (!result.IsDrift)
        {
            return Text($"No drift in {rows} (p = {PValue(result.PValue)}): {flagged}.{nonFinite}");
        }

        IEnumerable<string> reasons = result.Objections.Take(NamedObjections).Select(Reason);
        string more = result.Objections.Count > NamedObjections ? Text($"; and {result.Objections.Count - NamedObjections} more") : "";
        return Text($"Drift in {rows} (p = {PValue(result.PValue)}): {flagged}. What differs: {string.Join("; ", reasons)}{more}.{nonFinite}");
    }

    private static string Reason(DriftTestResult test)
    {
        string subject = test.ScoreName is { } name ? $"by {name}, " : "";
        string pValue = PValue(test.PValue!.Value);
        return subject + test.Kind switch
        {
            DriftTestKind.FlaggedShare => Text($"{test.Statistic:0.#%} of the rows are flagged instead of {test.Expected:0.#%} (p = {pValue})"),
            DriftTestKind.Distribution => Text($"the probabilities are not spread evenly (D = {test.Statistic:0.###}, p = {pValue})"),
            _ => Text($"the mean embedding has moved (T² = {test.Statistic:0.#} instead of about {test.Expected:0}, p = {pValue})"),
        };
    }

    private static string PValue(double value) => value switch
    {
        0 => "0",
        < 0.001 => value.ToString("0.#e-0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
