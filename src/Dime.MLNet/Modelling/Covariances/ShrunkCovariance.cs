using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Covariances;

/// <summary>
/// A covariance that is made positive definite by oracle approximating shrinkage: (1 − ρ)S + ρ·(tr S / p)·I with
/// ρ = min(1, ((1 − 2/p)·tr S² + tr² S) / ((n + 1 − 2/p)·(tr S² − tr² S / p))). Chen, Wiesel, Eldar &amp; Hero, "Shrinkage
/// Algorithms for MMSE Covariance Estimation", IEEE Transactions on Signal Processing 58 (2010), equation 23.
/// </summary>
/// <param name="Matrix">m×m, row-major, both triangles: all of it, m = p, or the part within a space outside of which S is 0.</param>
/// <param name="Order">m.</param>
/// <param name="Shrinkage">ρ, in (0, 1].</param>
/// <param name="Floor">ρ·(tr S / p), the variance in all directions outside of that space.</param>
/// <param name="LargestRatio">c, 1 or more: S is no more than c times what it was shrunk to, in any direction; null where nobody asked.</param>
internal sealed record ShrunkCovariance(double[] Matrix, int Order, double Shrinkage, double Floor, double? LargestRatio)
{
    // Up to here 1 / (1 − ρ), which takes no eigenvalue, is near enough to c.
    private const double LittleShrinkage = 0.1;

    private const int PowerSteps = 100;

    /// <param name="sample">S: m×m, row-major, both triangles, with divisor n; overwritten.</param>
    /// <param name="order">m.</param>
    /// <param name="count">n, the rows' number or their weight.</param>
    /// <param name="dimension">p.</param>
    /// <param name="needsRatio">Whether c is wanted, which takes time where much is shrunk.</param>
    public static ShrunkCovariance Of(double[] sample, int order, double count, int dimension, bool needsRatio)
    {
        double trace = 0, traceOfSquare = 0;
        for (int i = 0; i < order; i++)
        {
            trace += sample[(i * order) + i];
        }

        foreach (double value in sample)
        {
            traceOfSquare += value * value;
        }

        double p = dimension;
        double numerator = ((1 - (2 / p)) * traceOfSquare) + (trace * trace);
        double denominator = (count + 1 - (2 / p)) * (traceOfSquare - (trace * trace / p));
        double shrinkage = denominator <= 0 ? 1 : Math.Min(1, numerator / denominator);
        double? ratio = !needsRatio ? null
            : shrinkage <= LittleShrinkage ? 1 / (1 - shrinkage)
            : RatioOf(Math.Min(LargestByTraces(trace, traceOfSquare, p), LargestByPowers(sample, order, p)), trace / p, shrinkage);
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] *= 1 - shrinkage;
        }

        double floor = shrinkage * trace / p;
        for (int i = 0; i < order; i++)
        {
            sample[(i * order) + i] += floor;
        }

        return new ShrunkCovariance(sample, order, shrinkage, floor, ratio);
    }

    // Directions of the largest variance lose the most.
    private static double RatioOf(double largest, double mean, double shrinkage) =>
        mean > 0 ? Math.Max(1, largest / (((1 - shrinkage) * largest) + (shrinkage * mean))) : 1;

    /// <summary>The largest eigenvalue, at most: Wolkowicz and Styan, "Bounds for eigenvalues using traces", Linear Algebra and its Applications 29 (1980).</summary>
    private static double LargestByTraces(double trace, double traceOfSquare, double p) =>
        (trace / p) + Math.Sqrt(Math.Max(0, traceOfSquare - (trace * trace / p)) * (p - 1) / p);

    /// <summary>
    /// The same by powers of the matrix, and what they may have missed: Kuczyński and Woźniakowski, "Estimating the largest eigenvalue by
    /// the power and Lanczos algorithms with a random start", SIAM Journal on Matrix Analysis and Applications 13 (1992).
    /// </summary>
    private static double LargestByPowers(double[] matrix, int order, double p)
    {
        var random = new Random(1);
        double[] vector = [.. Enumerable.Range(0, order).Select(_ => random.NextDouble() - 0.5)];
        double[] product = new double[order];
        double largest = 0;
        for (int step = 0; step < PowerSteps; step++)
        {
            double length = Math.Sqrt(DotProduct.Of(vector, vector));
            for (int i = 0; i < order; i++)
            {
                product[i] = DotProduct.Of(matrix.AsSpan(i * order, order), vector) / length;
            }

            largest = DotProduct.Of(vector, product) / length;
            (vector, product) = (product, vector);
            if (!(largest > 0))
            {
                return double.PositiveInfinity;
            }
        }

        return largest * (1 + (0.871 * Math.Log(Math.Max(2, p)) / (PowerSteps - 1)));
    }
}
