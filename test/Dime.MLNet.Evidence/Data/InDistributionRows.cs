namespace Dime.MLNet.Evidence.Data;

/// <summary>The rows in distribution.</summary>
/// <param name="Fit">To fit to.</param>
/// <param name="Calibration">To calibrate on.</param>
/// <param name="Test">To score.</param>
/// <param name="TestFiles">The images that are scored.</param>
internal sealed record InDistributionRows(FeatureRows Fit, FeatureRows Calibration, FeatureRows Test, string[] TestFiles);
