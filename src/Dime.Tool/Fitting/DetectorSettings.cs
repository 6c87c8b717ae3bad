namespace Dime.Tool.Fitting;

/// <summary>How a detector is fitted to sums, and what it appends: what does not matter to the sums.</summary>
/// <param name="Rank">The dimension of DIME's hyperplane; null to choose it by the explained variance.</param>
/// <param name="ExplainedVariance">The share of the variance that DIME's hyperplane shall explain.</param>
/// <param name="GivesWithin">Whether the distance within DIME's hyperplane is given too.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
internal sealed record DetectorSettings(int? Rank = null, double ExplainedVariance = 0.99, bool GivesWithin = false, double OutlierProbability = 0.95);
