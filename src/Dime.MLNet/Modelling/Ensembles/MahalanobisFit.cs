using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>From the sums of a column, and of its classes, to its Mahalanobis distances.</summary>
internal static class MahalanobisFit
{
    // A covariance has no negative eigenvalues: what is left of it where one is as much of the largest is rounding.
    private const double RoundingShare = 0.01;

    /// <param name="group">The scores that are wanted.</param>
    /// <param name="sums">The sums of all rows.</param>
    /// <param name="classes">The sums of the classes; null where no score needs them.</param>
    /// <exception cref="InvalidOperationException">The rows do not vary, or not within their classes.</exception>
    public static MahalanobisModel Run(ScoreGroup group, EmbeddingAccumulator sums, IReadOnlyList<ClassSum>? classes)
    {
        StandardizedCovariances covariances = sums.Rows is { } rows ? StandardizedCovariances.Of(rows, classes) : StandardizedCovariances.Of(sums.Moment, classes);
        if (Array.TrueForAll(covariances.Deviation, value => value == 0))
        {
            throw new InvalidOperationException(
                $"All embeddings of column '{group.Column.Name}' are the same, so that {group.Name} has no scale: check the network and the layer, and fit to two or more different rows.");
        }

        if (covariances.Within is null)
        {
            double[] whitener = Whitener(covariances.Total, SymmetricEigen.All(covariances.Total.Matrix, covariances.Total.Order));
            return new MahalanobisModel(ToWhitening(covariances, whitener, sums.Normalizes), null, null, ResidualsOf(covariances), RowsOf(sums, covariances));
        }

        EigenPairs pairs = covariances.VariesWithin ? SymmetricEigen.All(covariances.Within.Matrix, covariances.Within.Order) : throw NoScale(group);
        if (pairs.Values.Min() < -RoundingShare * pairs.Values.Max())
        {
            throw NoScale(group);
        }

        double[] within = Whitener(covariances.Within, pairs);
        double[]? precisions = group.NeedsTotal ? DiagonalizeTotal(covariances.Total, ref within) : null;
        Whitening whitening = ToWhitening(covariances, within, sums.Normalizes);
        return new MahalanobisModel(whitening, WhitenedMeans(covariances.ClassMeans, whitening), precisions, ResidualsOf(covariances), RowsOf(sums, covariances));
    }

    private static InvalidOperationException NoScale(ScoreGroup group) => new(
        $"The embeddings of column '{group.Column.Name}' do not vary within their classes, so that {group.NameOfClassScore} has no scale: use {nameof(OutOfDistributionScoreKind.Mahalanobis)}, which needs no classes.");

    /// <summary>What the covariances are outside of the space of their coordinates.</summary>
    private static ResidualPrecisions? ResidualsOf(StandardizedCovariances covariances) => covariances.Basis is null
        ? null
        : new ResidualPrecisions(1 / covariances.Total.Floor, covariances.Within is null ? 0 : 1 / covariances.Within.Floor);

    private static CovarianceRows RowsOf(EmbeddingAccumulator sums, StandardizedCovariances covariances) => new(sums.RowsWorth, covariances.Total.LargestRatio!.Value);

    /// <summary>Rows w of Wᵀ with w·Σ·wᵀ = 1, orthogonal by Σ: the eigenvectors over the roots of their eigenvalues.</summary>
    private static double[] Whitener(ShrunkCovariance covariance, EigenPairs pairs)
    {
        for (int i = 0; i < covariance.Order; i++)
        {
            // No variance of a shrunk covariance is less; rounding may leave even one below 0.
            double factor = 1 / Math.Sqrt(Math.Max(pairs.Values[i], covariance.Floor));
            foreach (ref double value in pairs.Vectors.AsSpan(i * covariance.Order, covariance.Order))
            {
                value *= factor;
            }
        }

        return pairs.Vectors;
    }

    /// <summary>Turns rows that whiten Σ_w so that they diagonalise Σ₀ too, and returns the reciprocals of its diagonal.</summary>
    private static double[] DiagonalizeTotal(ShrunkCovariance total, ref double[] whitener)
    {
        int order = total.Order;
        double[] half = DenseProduct.Multiply(whitener, total.Matrix, order);
        EigenPairs pairs = SymmetricEigen.All(DenseProduct.MultiplyByTranspose(half, whitener, order), order);
        whitener = DenseProduct.Multiply(pairs.Vectors, whitener, order);
        return Array.ConvertAll(pairs.Values, value => 1 / value);
    }

    private static Whitening ToWhitening(StandardizedCovariances covariances, double[] whitener, bool normalizes)
    {
        int order = covariances.Total.Order;
        float[] matrix = new float[whitener.Length];
        for (int i = 0; i < order; i++)
        {
            for (int j = 0; j < order; j++)
            {
                matrix[(j * order) + i] = (float)whitener[(i * order) + j];
            }
        }

        return new Whitening(covariances.Mean, covariances.Deviation, covariances.Basis, matrix, normalizes);
    }

    private static NearestClass WhitenedMeans(double[] means, Whitening whitening)
    {
        // By the matrices that rows are whitened with, which are rounded: then rounding moves a row and its class alike.
        double[] coordinates = whitening.Basis is null ? means : Multiply(means, whitening.Basis, whitening.Dimension);
        double[] whitened = Multiply(coordinates, whitening.Matrix, whitening.Matrix.Length / whitening.Rank);
        return new NearestClass(Array.ConvertAll(whitened, value => (float)value), whitening.Rank);
    }

    private static double[] Multiply(double[] left, float[] right, int depth) =>
        DenseProduct.Multiply(left, Array.ConvertAll(right, value => (double)value), depth);
}
