using System.Globalization;

namespace Dime.MLNet;

/// <summary>
/// One score of an ensemble: what is measured, of which column, and how much it counts. An instance never changes; two
/// with the same values are equal. <see cref="ModelledEnsemble"/> has the formulas and where they come from.
/// </summary>
public sealed record OutOfDistributionScore
{
    private OutOfDistributionScore(OutOfDistributionScoreKind kind, string columnName, double weight, bool normalize = false, int? rank = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(columnName);
        if (!(weight > 0 && double.IsFinite(weight)))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), weight, $"The weight of a score of column '{columnName}' must be above 0 and finite.");
        }

        if (rank < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"The rank of the hyperplane of column '{columnName}' must be 1 or more.");
        }

        Kind = kind;
        ColumnName = columnName;
        Weight = weight;
        Normalize = normalize;
        Rank = rank;
    }

    /// <summary>What is measured.</summary>
    public OutOfDistributionScoreKind Kind { get; }

    /// <summary>The column that is measured.</summary>
    public string ColumnName { get; }

    /// <summary>How much the score counts in the statistic, above 0; 1 unless set.</summary>
    public double Weight { get; }

    /// <summary>Whether x / max(‖x‖₂, 1e-12) is measured in the place of x.</summary>
    public bool Normalize { get; }

    /// <summary>k, the dimension of the hyperplane; null where it is chosen by its share of explained variance, and for other kinds.</summary>
    public int? Rank { get; }

    internal bool NeedsClasses => Kind is OutOfDistributionScoreKind.ClassMahalanobis or OutOfDistributionScoreKind.RelativeMahalanobis;

    /// <summary>What is measured of which column, such as "RelativeMahalanobis(Late, normalized)": different for any two scores of an ensemble.</summary>
    public string Name
    {
        get
        {
            string normalized = Normalize ? ", normalized" : "";
            string rank = Rank is { } k ? string.Create(CultureInfo.InvariantCulture, $", rank {k}") : "";
            return $"{Kind}({ColumnName}{normalized}{rank})";
        }
    }

    /// <summary>DIME's distance to the hyperplane through the origin that approximates the embeddings, ‖x − VVᵀx‖₂.</summary>
    /// <param name="columnName">The column of embeddings.</param>
    /// <param name="weight">How much the score counts, above 0.</param>
    /// <param name="normalize">Whether x / max(‖x‖₂, 1e-12) is measured in the place of x.</param>
    /// <param name="rank">k, the dimension of the hyperplane; null to choose it by its share of explained variance.</param>
    /// <exception cref="ArgumentException">The name is null, empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not above 0 and finite, or the rank is less than 1.</exception>
    public static OutOfDistributionScore Hyperplane(string columnName, double weight = 1, bool normalize = false, int? rank = null) =>
        new(OutOfDistributionScoreKind.Hyperplane, columnName, weight, normalize, rank);

    /// <summary>DIME's Mahalanobis distance within the hyperplane of <see cref="Hyperplane"/>.</summary>
    /// <inheritdoc cref="Hyperplane" path="/param|/exception"/>
    public static OutOfDistributionScore WithinHyperplane(string columnName, double weight = 1, bool normalize = false, int? rank = null) =>
        new(OutOfDistributionScoreKind.WithinHyperplane, columnName, weight, normalize, rank);

    /// <summary>The Mahalanobis distance to the mean of all embeddings: both DIME distances in one, in the whole space.</summary>
    /// <param name="columnName">The column of embeddings.</param>
    /// <param name="weight">How much the score counts, above 0.</param>
    /// <param name="normalize">Whether x / max(‖x‖₂, 1e-12) is measured in the place of x.</param>
    /// <exception cref="ArgumentException">The name is null, empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not above 0 and finite.</exception>
    public static OutOfDistributionScore Mahalanobis(string columnName, double weight = 1, bool normalize = false) =>
        new(OutOfDistributionScoreKind.Mahalanobis, columnName, weight, normalize);

    /// <summary>The Mahalanobis distance to the nearest of the classes' means, by the covariance within classes (Lee et al. 2018). Needs two classes or more.</summary>
    /// <inheritdoc cref="Mahalanobis" path="/param|/exception"/>
    public static OutOfDistributionScore ClassMahalanobis(string columnName, double weight = 1, bool normalize = false) =>
        new(OutOfDistributionScoreKind.ClassMahalanobis, columnName, weight, normalize);

    /// <summary>The square of the class distance less the square of the distance to the mean of all (Ren et al. 2021); may be negative. Needs two classes or more.</summary>
    /// <inheritdoc cref="Mahalanobis" path="/param|/exception"/>
    public static OutOfDistributionScore RelativeMahalanobis(string columnName, double weight = 1, bool normalize = false) =>
        new(OutOfDistributionScoreKind.RelativeMahalanobis, columnName, weight, normalize);

    /// <summary>The negative length of the embedding, −‖x‖₂: what stands in for the energy where there are no logits.</summary>
    /// <param name="columnName">The column of embeddings.</param>
    /// <param name="weight">How much the score counts, above 0.</param>
    /// <exception cref="ArgumentException">The name is null, empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not above 0 and finite.</exception>
    public static OutOfDistributionScore FeatureNorm(string columnName, double weight = 1) =>
        new(OutOfDistributionScoreKind.FeatureNorm, columnName, weight);

    /// <summary>The energy −ln Σ exp zᵢ of the logits z, before any softmax (Liu et al. 2020).</summary>
    /// <param name="columnName">The column of logits, two values or more.</param>
    /// <param name="weight">How much the score counts, above 0.</param>
    /// <exception cref="ArgumentException">The name is null, empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not above 0 and finite.</exception>
    public static OutOfDistributionScore Energy(string columnName, double weight = 1) =>
        new(OutOfDistributionScoreKind.Energy, columnName, weight);

    /// <summary>A score of a kind that is not known before, such as one from a file.</summary>
    /// <exception cref="ArgumentException">There is no such kind, or it takes no such value.</exception>
    internal static OutOfDistributionScore Of(OutOfDistributionScoreKind kind, string columnName, double weight, bool normalize, int? rank)
    {
        var score = new OutOfDistributionScore(kind, columnName, weight, normalize, rank);
        bool hasRank = kind is OutOfDistributionScoreKind.Hyperplane or OutOfDistributionScoreKind.WithinHyperplane;
        bool canNormalize = kind is not (OutOfDistributionScoreKind.FeatureNorm or OutOfDistributionScoreKind.Energy);
        return Enum.IsDefined(kind) && (hasRank || rank is null) && (canNormalize || !normalize)
            ? score
            : throw new ArgumentException($"There is no score {score.Name}.", nameof(kind));
    }

    /// <summary>The <see cref="Name"/>, and the weight where it is not 1.</summary>
    public override string ToString() => Weight == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Weight} × {Name}");
}

/// <summary>What a score of an ensemble measures; large always means unlike the training data. The formulas stand at <see cref="ModelledEnsemble"/>.</summary>
/// <remarks>The numbers stand in files, and stay.</remarks>
public enum OutOfDistributionScoreKind
{
    /// <summary>DIME's distance to the hyperplane of the embeddings.</summary>
    Hyperplane = 0,

    /// <summary>DIME's Mahalanobis distance within that hyperplane.</summary>
    WithinHyperplane = 1,

    /// <summary>The Mahalanobis distance to the mean of all embeddings.</summary>
    Mahalanobis = 2,

    /// <summary>The Mahalanobis distance to the nearest of the classes' means, by the covariance within classes.</summary>
    ClassMahalanobis = 3,

    /// <summary>The square of <see cref="ClassMahalanobis"/> less that of <see cref="Mahalanobis"/>; may be negative.</summary>
    RelativeMahalanobis = 4,

    /// <summary>The negative length of the embedding.</summary>
    FeatureNorm = 5,

    /// <summary>The energy of logits.</summary>
    Energy = 6,
}
