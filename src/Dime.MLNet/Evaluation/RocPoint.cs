namespace Dime.MLNet;

/// <summary>A point of a receiver operating characteristic curve: what one threshold does to the rows of either kind.</summary>
/// <param name="FalsePositiveRate">The share of the out-of-distribution rows that the threshold accepts as in distribution, from 0 to 1.</param>
/// <param name="TruePositiveRate">The share of the in-distribution rows that the threshold accepts, from 0 to 1.</param>
/// <param name="Threshold">The threshold: rows that score this or less are accepted. One of the scores; −∞ for the first point of a curve, which accepts no row.</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, float Threshold);
