namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>
/// A covariance that is made positive definite by oracle approximating shrinkage: (1 − ρ)S + ρ·(tr S / p)·I with
/// ρ = min(1, ((1 − 2/p)·tr S² + tr² S) / ((n + 1 − 2/p)·(tr S² − tr² S / p))). Chen, Wiesel, Eldar &amp; Hero, "Shrinkage
/// Algorithms for MMSE Covariance Estimation", IEEE Transactions on Signal Processing 58 (2010), equation 23.
/// </summary>
/// <param name="Matrix">m×m, row-major, both triangles: all of it, m = p, or the part within a space outside of which S is 0.</param>
/// <param name="Order">m.</param>
/// <param name="Shrinkage">ρ, in (0, 1].</param>
/// <param name="Floor">ρ·(tr S / p), the variance in all directions outside of that space.</param>
internal sealed record ShrunkCovariance(double[] Matrix, int Order, double Shrinkage, double Floor)
{
    /// <param name="sample">S: m×m, row-major, both triangles, with divisor n; overwritten.</param>
    /// <param name="order">m.</param>
    /// <param name="count">n, the rows' number or their weight.</param>
    /// <param name="dimension">p.</param>
    public static ShrunkCovariance Of(double[] sample, int order, double count, int dimension)
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
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] *= 1 - shrinkage;
        }

        double floor = shrinkage * trace / p;
        for (int i = 0; i < order; i++)
        {
            sample[(i * order) + i] += floor;
        }

        return new ShrunkCovariance(sample, order, shrinkage, floor);
    }
}
