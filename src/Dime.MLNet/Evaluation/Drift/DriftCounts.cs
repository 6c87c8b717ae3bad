namespace Dime.MLNet.Evaluation.Drift;

/// <summary>What was counted of a window.</summary>
internal sealed record DriftCounts(long Rows, long Flagged, long NonFinite, long CalibrationRows, double OutlierProbability);
