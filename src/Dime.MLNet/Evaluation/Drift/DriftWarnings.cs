using System.Globalization;
using Dime.MLNet.Numerics.Distributions;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>What limits the result of a window.</summary>
internal static class DriftWarnings
{
    private const int FewCalibrationRows = 100;

    public static IEnumerable<string> Of(DriftCounts counts, double level, int tests, CalibratedScore whole)
    {
        if (counts.Rows < ModelledSpace.FewestRows)
        {
            yield return Text($"Only {counts.Rows} rows were tested, and so few show a large drift alone: test {ModelledSpace.FewestRows} or more together, better hundreds.");
        }

        // Rows that are all flagged are the most that this test can see.
        if (UpperTails.BetaBinomial(counts.Rows, whole.RowsAtLimit + 1, counts.CalibrationRows - whole.RowsAtLimit, counts.Rows) >= level / tests)
        {
            yield return Text(
                $"Even if all of the {counts.Rows} rows were flagged, that would be no alarm at a level of {level:0.#######}: test more rows together, or raise the level or the outlier probability.");
        }

        if (counts.CalibrationRows < FewCalibrationRows)
        {
            yield return Text(
                $"The model was calibrated on {counts.CalibrationRows} rows, which leave much uncertain: calibrate it on {FewCalibrationRows} or more.");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
