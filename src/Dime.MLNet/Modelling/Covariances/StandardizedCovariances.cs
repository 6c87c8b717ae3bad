using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Modelling.Covariances;

/// <summary>
/// Means and shrunk covariances of embeddings whose features are divided by their standard deviations: P×P from sums alone,
/// or m×m from fewer rows than features, within the space that these rows span.
/// </summary>
internal sealed class StandardizedCovariances
{
    // A feature that hardly varies must not count for more than this lets it.
    private const double LeastDeviation = 1e-3;

    private StandardizedCovariances(
        double[] mean, double[] deviation, float[]? basis, ShrunkCovariance total, double[] classMeans, ShrunkCovariance? within, bool variesWithin)
    {
        Basis = basis;
        Mean = mean;
        Deviation = deviation;
        Total = total;
        ClassMeans = classMeans;
        Within = within;
        VariesWithin = variesWithin;
    }

    /// <summary>x̄, of the embeddings as they are.</summary>
    public double[] Mean { get; }

    /// <summary>σ of each feature (divisor N), at least 1e-3 of the root mean square of all; 0 only where no feature varies at all.</summary>
    public double[] Deviation { get; }

    /// <summary>V, row-major P×m: the orthonormal coordinates of the covariances; null where they are the features themselves.</summary>
    public float[]? Basis { get; }

    /// <summary>Σ₀, of (x − x̄) / σ.</summary>
    public ShrunkCovariance Total { get; }

    /// <summary>C×P: the standardised means (μ − x̄) / σ of the classes that have one; empty without classes.</summary>
    public double[] ClassMeans { get; }

    /// <summary>Σ_w, of what is left of (x − x̄) / σ without the classes' means; null without classes.</summary>
    public ShrunkCovariance? Within { get; }

    /// <summary>Whether Σ_w, before it is shrunk, is more than the rounding of the sums it comes from; false without classes.</summary>
    public bool VariesWithin { get; }

    /// <param name="moment">The sums of all rows.</param>
    /// <param name="classes">The sums of each class; null where covariances within classes are not needed.</param>
    public static StandardizedCovariances Of(SecondMoment moment, IReadOnlyList<ClassSum>? classes)
    {
        int order = moment.Dimension;
        double n = moment.WeightSum;
        double[] mean = [.. moment.Sum];
        for (int i = 0; i < order; i++)
        {
            mean[i] /= n;
        }

        double[] variance = Variances(moment, mean);
        double[] deviation = Deviations(variance);
        double[] total = Covariance(moment, mean, variance, deviation);
        if (classes is null)
        {
            return new StandardizedCovariances(mean, deviation, null, ShrunkCovariance.Of(total, order, n, order, needsRatio: true), [], null, false);
        }

        double[] within = Without(total, Between(classes, mean, variance, deviation, n), order);
        bool varies = Enumerable.Range(0, order).Any(i =>
            within[i * (order + 1)] * deviation[i] * deviation[i] > Rounding(moment.Count) * (variance[i] + (mean[i] * mean[i])));
        return new StandardizedCovariances(
            mean,
            deviation,
            null,
            ShrunkCovariance.Of(total, order, n, order, needsRatio: true),
            MeansOf(classes, mean, variance, deviation),
            ShrunkCovariance.Of(within, order, n, order, needsRatio: false),
            varies);
    }

    /// <param name="rows">All rows, fewer than features.</param>
    /// <param name="classes">The sums of each class; null where covariances within classes are not needed.</param>
    public static StandardizedCovariances Of(ScaledRows rows, IReadOnlyList<ClassSum>? classes)
    {
        double n = rows.WeightSum;
        double[] mean = Array.ConvertAll(rows.Sum(), x => x / n);
        double[] variance = Array.ConvertAll(rows.SquaredDeviations(mean), x => x / n);
        for (int i = 0; i < variance.Length; i++)
        {
            variance[i] = Significant(variance[i], variance[i] + (mean[i] * mean[i]), rows.Count);
        }

        double[] deviation = Deviations(variance);
        if (Array.TrueForAll(variance, value => value == 0))
        {
            return new StandardizedCovariances(mean, deviation, [], new ShrunkCovariance([], 0, 1, 0, 1), [], null, false);
        }

        ScaledRows standardized = rows.Standardized(mean, [.. deviation.Zip(variance, (value, square) => square == 0 ? 0 : 1 / value)]);
        EigenPairs pairs = SymmetricEigen.ForShare(GramMatrix.Of(standardized), rows.Dimension, share: 1);
        var space = RowSpace.Of(standardized, pairs, WeightedMeans(classes ?? [], mean, variance, deviation, n));
        int order = space.Count;
        double[] total = new double[order * order];
        for (int i = 0; i < order; i++)
        {
            total[i * (order + 1)] = pairs.Values[i] / n;
        }

        double[]? within = null;
        if (classes is not null)
        {
            double[] products = Transposed(space.Products, order);
            within = Without(total, DenseProduct.MultiplyByTranspose(products, products, products.Length / order), order);
        }

        bool varies = within is not null && LargestVariance(within, order) > RoundingWithin(rows, LargestVariance(total, order), mean, variance, deviation);
        return new StandardizedCovariances(
            mean,
            deviation,
            space.Basis,
            ShrunkCovariance.Of(total, order, n, rows.Dimension, needsRatio: true),
            MeansOf(classes ?? [], mean, variance, deviation),
            within is null ? null : ShrunkCovariance.Of(within, order, n, rows.Dimension, needsRatio: false),
            varies);
    }

    /// <summary>The share of a sum of so many terms of one sign that its rounding, and that of what is taken from it, may leave.</summary>
    private static double Rounding(long terms) => Math.Max(2, terms) * Math.ScaleB(1, -50);

    /// <summary>
    /// What rounding may leave of a variance within classes: of the products of rows with each other, which are sums over the
    /// features, and of the means of classes, which are off by a share of the means themselves.
    /// </summary>
    private static double RoundingWithin(ScaledRows rows, double largestVariance, double[] mean, double[] variance, double[] deviation)
    {
        double squares = Enumerable.Range(0, mean.Length).Sum(i => variance[i] == 0 ? 0 : mean[i] / deviation[i] * (mean[i] / deviation[i]));
        return (Rounding(rows.Dimension) * largestVariance) + (Rounding(rows.Count) * Math.Sqrt(largestVariance * squares));
    }

    private static double LargestVariance(double[] covariance, int order) => Enumerable.Range(0, order).Max(i => covariance[i * (order + 1)]);

    private static double[] Without(double[] total, double[] between, int order)
    {
        double[] within = new double[total.Length];
        for (int i = 0; i < within.Length; i++)
        {
            within[i] = total[i] - between[i];
        }

        for (int i = 0; i < within.Length; i += order + 1)
        {
            within[i] = Math.Max(0, within[i]);
        }

        return within;
    }

    private static double[] Variances(SecondMoment moment, double[] mean)
    {
        double[] variance = new double[mean.Length];
        for (int i = 0; i < variance.Length; i++)
        {
            double square = moment.UpperRow(i)[0] / moment.WeightSum;
            variance[i] = Significant(square - (mean[i] * mean[i]), square, moment.Count);
        }

        return variance;
    }

    /// <summary>A sum of N equal squares may be off by so much: what does not exceed it is the variance of a constant feature.</summary>
    private static double Significant(double variance, double square, long count) =>
        variance > Math.Max(2, count) * Math.ScaleB(1, -53) * square ? variance : 0;

    private static double[] Deviations(double[] variance)
    {
        double least = LeastDeviation * Math.Sqrt(variance.Average());
        return Array.ConvertAll(variance, value => Math.Max(Math.Sqrt(value), least));
    }

    private static double[] Covariance(SecondMoment moment, double[] mean, double[] variance, double[] deviation)
    {
        int order = mean.Length;
        double[] covariance = new double[(long)order * order];
        for (int i = 0; i < order; i++)
        {
            if (variance[i] == 0)
            {
                continue;
            }

            ReadOnlySpan<double> products = moment.UpperRow(i);
            covariance[(i * order) + i] = variance[i] / (deviation[i] * deviation[i]);
            for (int j = i + 1; j < order; j++)
            {
                if (variance[j] > 0)
                {
                    double value = ((products[j - i] / moment.WeightSum) - (mean[i] * mean[j])) / (deviation[i] * deviation[j]);
                    covariance[(i * order) + j] = covariance[(j * order) + i] = value;
                }
            }
        }

        return covariance;
    }

    /// <summary>Σ n_c (μ_c − x̄)(μ_c − x̄)ᵀ / (N σσᵀ): over all classes, so that a class of one row leaves nothing of it within.</summary>
    private static double[] Between(IReadOnlyList<ClassSum> classes, double[] mean, double[] variance, double[] deviation, double n)
    {
        double[] transposed = Transposed(WeightedMeans(classes, mean, variance, deviation, n), mean.Length);
        return DenseProduct.MultiplyByTranspose(transposed, transposed, transposed.Length / mean.Length);
    }

    /// <summary>Row-major √(n_c/N)·(μ_c − x̄)/σ of all classes that have rows.</summary>
    private static double[] WeightedMeans(IReadOnlyList<ClassSum> classes, double[] mean, double[] variance, double[] deviation, double n) =>
    [
        .. classes.Where(one => one.Weight > 0)
            .SelectMany(one => Array.ConvertAll(Standardized(one, mean, variance, deviation), value => Math.Sqrt(one.Weight / n) * value)),
    ];

    /// <summary>The standardised means of the classes that have one.</summary>
    private static double[] MeansOf(IReadOnlyList<ClassSum> classes, double[] mean, double[] variance, double[] deviation) =>
        [.. classes.Where(one => one.HasMean).SelectMany(one => Standardized(one, mean, variance, deviation))];

    private static double[] Transposed(double[] rows, int width)
    {
        int count = rows.Length / width;
        double[] transposed = new double[rows.Length];
        for (int c = 0; c < count; c++)
        {
            for (int i = 0; i < width; i++)
            {
                transposed[(i * count) + c] = rows[(c * width) + i];
            }
        }

        return transposed;
    }

    private static double[] Standardized(ClassSum one, double[] mean, double[] variance, double[] deviation)
    {
        double[] standardized = new double[mean.Length];
        for (int i = 0; i < standardized.Length; i++)
        {
            // All classes share the mean of a constant feature.
            standardized[i] = variance[i] == 0 ? 0 : ((one.Sum[i] / one.Weight) - mean[i]) / deviation[i];
        }

        return standardized;
    }
}
