using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>Means and shrunk covariances of embeddings whose features are divided by their standard deviations, from sums alone.</summary>
internal sealed class StandardizedCovariances
{
    // A feature that hardly varies must not count for more than this lets it.
    private const double LeastDeviation = 1e-3;

    private StandardizedCovariances(double[] mean, double[] deviation, ShrunkCovariance total, double[] classMeans, ShrunkCovariance? within)
    {
        Mean = mean;
        Deviation = deviation;
        Total = total;
        ClassMeans = classMeans;
        Within = within;
    }

    /// <summary>x̄, of the embeddings as they are.</summary>
    public double[] Mean { get; }

    /// <summary>σ of each feature (divisor N), at least 1e-3 of the root mean square of all; 0 only where no feature varies at all.</summary>
    public double[] Deviation { get; }

    /// <summary>Σ₀, of (x − x̄) / σ.</summary>
    public ShrunkCovariance Total { get; }

    /// <summary>C×P: the standardised means (μ − x̄) / σ of the classes that have one; empty without classes.</summary>
    public double[] ClassMeans { get; }

    /// <summary>Σ_w, of what is left of (x − x̄) / σ without the classes' means; null without classes.</summary>
    public ShrunkCovariance? Within { get; }

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
            return new StandardizedCovariances(mean, deviation, ShrunkCovariance.Of(total, order, n), [], null);
        }

        double[] between = Between(classes, mean, variance, deviation, n);
        double[] within = [.. total];
        for (int i = 0; i < within.Length; i++)
        {
            within[i] -= between[i];
        }

        for (int i = 0; i < within.Length; i += order + 1)
        {
            within[i] = Math.Max(0, within[i]);
        }

        return new StandardizedCovariances(
            mean,
            deviation,
            ShrunkCovariance.Of(total, order, n),
            [.. classes.Where(one => one.HasMean).SelectMany(one => Standardized(one, mean, variance, deviation))],
            ShrunkCovariance.Of(within, order, n));
    }

    private static double[] Variances(SecondMoment moment, double[] mean)
    {
        double[] variance = new double[mean.Length];
        for (int i = 0; i < variance.Length; i++)
        {
            double square = moment.UpperRow(i)[0] / moment.WeightSum;

            // A sum of N equal squares may be off by this much: what does not exceed it is a constant feature.
            double rounding = Math.Max(2, moment.Count) * Math.ScaleB(1, -53) * square;
            double difference = square - (mean[i] * mean[i]);
            variance[i] = difference > rounding ? difference : 0;
        }

        return variance;
    }

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
        ClassSum[] present = [.. classes.Where(one => one.Weight > 0)];
        double[] transposed = new double[(long)mean.Length * present.Length];
        for (int c = 0; c < present.Length; c++)
        {
            double factor = Math.Sqrt(present[c].Weight / n);
            double[] standardized = Standardized(present[c], mean, variance, deviation);
            for (int i = 0; i < standardized.Length; i++)
            {
                transposed[(i * present.Length) + c] = factor * standardized[i];
            }
        }

        return DenseProduct.MultiplyByTranspose(transposed, transposed, present.Length);
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
