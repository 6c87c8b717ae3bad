using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Modelling;

/// <summary>
/// Mean and inverse covariance of the training scores, the latter as W with WWᵀ = C⁻¹, so that the Mahalanobis distance
/// is the length of (s − s̄)W.
/// </summary>
/// <param name="Mean">k means.</param>
/// <param name="Whitening">Row-major k×m; m is less than k where directions of zero variance are left out.</param>
internal sealed record ScoreDistribution(double[] Mean, float[] Whitening)
{
    /// <summary>Decomposes the covariance and leaves out the directions whose variance is at most <paramref name="negligible"/>.</summary>
    public static ScoreDistribution FromCovariance(double[] mean, double[] covariance, double negligible)
    {
        int order = mean.Length;
        EigenPairs pairs = SymmetricEigen.Largest(covariance, order, order);

        // Scores that vary by less than 3e-39 have no scale in single precision; theirs is left out like one of zero variance.
        int kept = pairs.Values.Count(variance => variance > negligible && 1 / Math.Sqrt(variance) <= float.MaxValue);
        float[] whitening = new float[order * kept];
        for (int i = 0; i < order; i++)
        {
            for (int j = 0; j < kept; j++)
            {
                whitening[(i * kept) + j] = (float)(pairs.Vectors[(j * order) + i] / Math.Sqrt(pairs.Values[j]));
            }
        }

        return new ScoreDistribution(mean, whitening);
    }
}
