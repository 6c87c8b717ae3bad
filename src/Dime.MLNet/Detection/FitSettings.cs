namespace Dime.MLNet.Detection;

/// <summary>How to fit and calibrate: the options that matter to the fit alone.</summary>
/// <param name="ExplainedVarianceThreshold">The share that the hyperplane must explain where no rank is given.</param>
/// <param name="Rank">The dimension of the hyperplane, or null to choose it by the threshold.</param>
/// <param name="ExampleWeightColumnName">The column of weights; null for 1 everywhere.</param>
/// <param name="NeedsDistanceWithin">Whether the model must have the distance within the hyperplane.</param>
/// <param name="PercentileCount">How many percentiles of the calibration distances to keep.</param>
internal sealed record FitSettings(
    double ExplainedVarianceThreshold, int? Rank, string? ExampleWeightColumnName, bool NeedsDistanceWithin, int PercentileCount);

/// <summary>The rows of a fit that calibrate.</summary>
/// <param name="Share">Their share of all rows, in [0, 1].</param>
/// <param name="MaxRows">The most of them; 0 for no calibration.</param>
/// <param name="IsHeldOut">Whether they are kept out of the hyperplane.</param>
internal sealed record CalibrationRows(double Share, int MaxRows, bool IsHeldOut);
