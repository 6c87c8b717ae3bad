using Dime.MLNet.Detection.Training;

namespace Dime.MLNet;

/// <summary>Which rows of the data given to <c>Fit</c> of a detector's estimator teach how large distances usually are.</summary>
/// <remarks>Whatever the choice, the data is read once.</remarks>
public sealed class Calibration
{
    private const int DefaultMaxRows = 20_000;

    private Calibration(CalibrationRows rows) => Rows = rows;

    /// <summary>
    /// No rows, for distances alone: until <see cref="DetectorTransformer.Calibrate"/> has seen data, probabilities are NaN and
    /// every row is flagged, as none is shown to be in distribution. The log warns of it; names set to null in
    /// the options leave the columns out.
    /// </summary>
    public static Calibration None { get; } = new(CalibrationRows.None);

    /// <summary>
    /// The rows the model is fitted to, at most 20 000 of them chosen reproducibly. For data too scarce to hold any
    /// out; new in-distribution rows lie a little farther off than these, so more than expected are flagged.
    /// </summary>
    public static Calibration TrainingSet { get; } = new(new CalibrationRows(Share: 1, DefaultMaxRows, IsHeldOut: false));

    /// <summary>
    /// Rows that are held out of the fit. A row is chosen by its id and the seed of the <c>MLContext</c>, so the
    /// choice is the same on every run and machine; a context without a seed counts as seed 0.
    /// </summary>
    /// <param name="share">The share of the rows to hold out, in (0, 1).</param>
    /// <param name="maxRows">At most so many rows are held out, and kept in memory while fitting, with all columns that an ensemble reads: 4 bytes a value; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static Calibration HeldOut(double share = 0.2, int maxRows = DefaultMaxRows)
    {
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share of held-out rows must be between 0 and 1, both excluded.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        return new Calibration(new CalibrationRows(share, maxRows, IsHeldOut: true));
    }

    internal CalibrationRows Rows { get; }

    internal static Calibration Of(CalibrationRows rows) => rows == None.Rows ? None : rows == TrainingSet.Rows ? TrainingSet : new Calibration(rows);
}
