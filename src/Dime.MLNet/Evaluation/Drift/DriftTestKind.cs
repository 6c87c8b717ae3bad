namespace Dime.MLNet;

/// <summary>What a test for drift compares.</summary>
public enum DriftTestKind
{
    /// <summary>
    /// How many rows are flagged: P(BetaBinomial(m, r + 1, n − r) ≥ flagged), r of the n calibration rows at or above the limit. Exact,
    /// the uncertainty of few calibration rows included.
    /// </summary>
    FlaggedShare,

    /// <summary>
    /// How the probabilities are distributed: Kolmogorov and Smirnov's largest distance D to the uniform distribution, with ν = n·m / (n + m)
    /// rows and Stephens' correction (√ν + 0.12 + 0.11/√ν)·D: "EDF statistics for goodness of fit and some comparisons", Journal of the
    /// American Statistical Association 69 (1974). Tells rows that are farther, nearer or more alike than the calibration rows.
    /// </summary>
    Distribution,

    /// <summary>
    /// Where the mean of the embeddings lies in the modelled space: Hotelling's T² = (x̄ₘ − x̄)ᵀC⁻¹(x̄ₘ − x̄) / (1/m + 1/N) against
    /// F(k, N − k)·k(N − 1)/(N − k): "The generalization of Student's ratio", Annals of Mathematical Statistics 2 (1931). Of a hyperplane,
    /// x are the k scores with their mean and covariance. Of a Mahalanobis score, x are all P features; its covariance C is shrunk,
    /// and T² is taken with the shrunk one and divided by the most that C is of it in any direction. That is never more than the exact T²:
    /// there are no more false alarms.
    /// </summary>
    Mean,
}
