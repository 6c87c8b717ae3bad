using System.Globalization;

namespace Dime.MLNet.Detection.Training;

/// <summary>The rows of a fit that calibrate.</summary>
/// <param name="Share">Their share of all rows, in [0, 1].</param>
/// <param name="MaxRows">The most of them; 0 for no calibration.</param>
/// <param name="IsHeldOut">Whether they are kept out of the hyperplane.</param>
internal sealed record CalibrationRows(double Share, int MaxRows, bool IsHeldOut)
{
    public static CalibrationRows None { get; } = new(Share: 0, MaxRows: 0, IsHeldOut: false);

    /// <summary>Whether they are some that can be chosen, as not all in a file need be.</summary>
    public bool IsPossible => MaxRows <= 0 ? this == None : IsHeldOut ? Share is > 0 and < 1 : Share == 1;

    public override string ToString() => this == None ? nameof(None)
        : IsHeldOut ? string.Create(CultureInfo.InvariantCulture, $"HeldOut({Share}, {MaxRows})")
        : string.Create(CultureInfo.InvariantCulture, $"TrainingSet({MaxRows})");
}
