namespace Dime.Tool.Jobs;

/// <summary>What <c>dime fit</c> tells.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Rows">The number of rows that were read.</param>
/// <param name="Layer">The tensor that is watched; null where the rows are embeddings.</param>
/// <param name="Dimension">The number of values of an embedding.</param>
/// <param name="Rank">The dimension of the hyperplane.</param>
/// <param name="ExplainedVariance">The share of the variance that the hyperplane explains.</param>
/// <param name="IsCalibrated">Whether the model gives probabilities.</param>
/// <param name="Warnings">What the fit warns of, such as rows that were left out.</param>
internal sealed record FitResult(
    string Model,
    long Rows,
    string? Layer,
    int Dimension,
    int Rank,
    double ExplainedVariance,
    bool IsCalibrated,
    IReadOnlyList<string> Warnings);
