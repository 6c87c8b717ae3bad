using System.Buffers;
using Dime.MLNet.Modelling.Covariances;
using Dime.MLNet.Numerics;
using Kind = Dime.MLNet.OutOfDistributionScoreKind;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// The Mahalanobis distances of a column. Where both the distance to the mean of all rows and that to the nearest class
/// are wanted, the covariance within classes and the total one are diagonalised together, WᵀΣ_wW = I and WᵀΣ₀W = diag(γ),
/// so that one product y = xW serves both: min ‖y − m_c‖² and Σ yⱼ²/γⱼ. Where there were fewer rows than features, y is what
/// lies in the space of these rows; the rest r of a row lies where both covariances are a multiple of the identity, and adds
/// ‖r‖² times a precision.
/// </summary>
internal sealed class MahalanobisModel : IScoreModel
{
    /// <param name="whitening">Of the covariance within classes where there are any, else of the total one.</param>
    /// <param name="classes">The whitened means; null where no score needs them.</param>
    /// <param name="totalPrecisions">1/γ, m values; null where the distance to the mean of all rows is ‖y‖, or is not wanted.</param>
    /// <param name="residuals">The precisions outside of the whitening's basis; null where it has none.</param>
    /// <param name="rows">What the covariance of all rows comes from; null where that is not told.</param>
    public MahalanobisModel(
        Whitening whitening, NearestClass? classes, double[]? totalPrecisions, ResidualPrecisions? residuals = null, CovarianceRows? rows = null)
    {
        Rows = rows;
        Residuals = residuals;
        Whitening = whitening;
        Classes = classes;
        TotalPrecisions = totalPrecisions;
    }

    public Whitening Whitening { get; }

    public NearestClass? Classes { get; }

    public double[]? TotalPrecisions { get; }

    public ResidualPrecisions? Residuals { get; }

    public CovarianceRows? Rows { get; }

    /// <summary>Whether the distance to the mean of all rows is known: without classes, or with precisions for it.</summary>
    public bool HasTotal => Classes is null || TotalPrecisions is not null;

    public long Work => Whitening.Work + ((long)Whitening.Rank * (Classes?.Count ?? 0));

    public void Measure(in ColumnRows rows, in RowScores scores)
    {
        int count = rows.Count, rank = Whitening.Rank, classCount = Classes?.Count ?? 0;
        float[] rented = ArrayPool<float>.Shared.Rent(count * (rows.Dimension + rank + classCount));
        Span<float> standardized = rented.AsSpan(0, count * rows.Dimension);
        Span<float> whitened = rented.AsSpan(standardized.Length, count * rank);
        Span<float> products = rented.AsSpan(standardized.Length + whitened.Length, count * classCount);
        Span<double> residuals = stackalloc double[count];
        Whitening.Apply(rows, standardized, whitened, residuals);
        Classes?.Multiply(whitened, products);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = whitened.Slice(i * rank, rank);
            double total = TotalPrecisions is null ? SumOfSquares.Of(row) : SumOfSquares.Weighted(row, TotalPrecisions);
            total += residuals[i] * (Residuals?.Total ?? 0);
            scores.Set(i, Kind.Mahalanobis, Math.Sqrt(total));
            if (Classes is not null)
            {
                // Whitened values that overflowed are not finite, and nearer to no mean than to any other.
                double nearest = double.IsFinite(total) ? Classes.SquaredDistance(row, products.Slice(i * classCount, classCount)) : double.PositiveInfinity;
                nearest += residuals[i] * (Residuals?.Within ?? 0);
                scores.Set(i, Kind.ClassMahalanobis, Math.Sqrt(nearest));
                scores.Set(i, Kind.RelativeMahalanobis, nearest - total);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}

/// <summary>The reciprocal variances of shrunk covariances outside of the space that few rows span.</summary>
/// <param name="Total">That of all rows.</param>
/// <param name="Within">That within classes; 0 without classes.</param>
internal sealed record ResidualPrecisions(double Total, double Within);

/// <summary>What a shrunk covariance of all rows comes from.</summary>
/// <param name="Count">N, the number of rows, or their total weight where that is less.</param>
/// <param name="LargestRatio">c, 1 or more: in no direction was more than c times the shrunk variance there before.</param>
internal sealed record CovarianceRows(long Count, double LargestRatio);
