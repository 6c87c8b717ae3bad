using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Modelling;

/// <summary>The directions that span a hyperplane, found on the smaller side of X: from XᵀX, or from XXᵀ.</summary>
/// <param name="Basis">V, row-major P×k in single precision.</param>
/// <param name="Values">The k largest eigenvalues, descending.</param>
/// <param name="Spectrum">All P eigenvalues, descending.</param>
/// <param name="Trace">The sum of all eigenvalues.</param>
/// <param name="NumericalRank">How many of all P eigenvalues are more than rounding.</param>
/// <param name="MeanScores">The mean of the scores xV with V in double precision.</param>
/// <param name="RoundedMeanScores">The same with the basis, which is in single precision.</param>
internal sealed record HyperplaneDirections(
    float[] Basis, double[] Values, double[] Spectrum, double Trace, int NumericalRank, double[] MeanScores, double[] RoundedMeanScores)
{
    /// <summary>The directions of sums.</summary>
    /// <param name="moment">XᵀX and Σx.</param>
    /// <param name="explainedVarianceThreshold">What they must explain, where the rank is not given.</param>
    /// <param name="rank">The rank, or null.</param>
    public static HyperplaneDirections Of(SecondMoment moment, double explainedVarianceThreshold, int? rank)
    {
        EigenPairs pairs = PairsOf(moment.Matrix, moment.Dimension, explainedVarianceThreshold, rank);
        double[] mean = Divided(moment.Sum.ToArray(), moment.WeightSum);
        float[] basis = pairs.ToBasis();
        double[] scores = new double[pairs.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            for (int p = 0; p < mean.Length; p++)
            {
                scores[i] += mean[p] * pairs.Vectors[(i * mean.Length) + p];
            }
        }

        return new HyperplaneDirections(
            basis, pairs.Values, pairs.Spectrum, pairs.Trace, pairs.NumericalRank, scores, Project(mean, basis, pairs.Count));
    }

    /// <summary>The directions of rows that are fewer than their values.</summary>
    /// <param name="rows">X.</param>
    /// <param name="gram">XXᵀ.</param>
    /// <param name="explainedVarianceThreshold">What they must explain, where the rank is not given.</param>
    /// <param name="rank">The rank, or null.</param>
    public static HyperplaneDirections Of(ScaledRows rows, UpperMatrix gram, double explainedVarianceThreshold, int? rank)
    {
        EigenPairs pairs = PairsOf(gram, rows.Dimension, explainedVarianceThreshold, rank);
        double[] mean = Divided(rows.Sum(), rows.WeightSum);
        var space = RowSpace.Of(rows, pairs, []);
        double[] spectrum = new double[rows.Dimension];
        pairs.Spectrum.CopyTo(spectrum, 0);
        return new HyperplaneDirections(
            space.Basis,
            pairs.Values[..space.Count],
            spectrum,
            pairs.Trace,
            space.Count < pairs.Count ? space.Count : pairs.NumericalRank,
            MeanScoresOf(rows, pairs, space),
            Project(mean, space.Basis, space.Count));
    }

    /// <summary>
    /// The scores of row i are √λⱼ·uⱼᵢ over √wᵢ. From these, and not from V, the covariance of the scores stays exact to the
    /// last digits of each λ, and its direction of no variance, which N scores of N rows have, is told from small ones.
    /// </summary>
    private static double[] MeanScoresOf(ScaledRows rows, EigenPairs pairs, RowSpace space)
    {
        double[] mean = new double[space.Count];
        for (int j = 0; j < mean.Length; j++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                mean[j] += rows.Roots[i] * pairs.Vectors[(j * rows.Count) + i];
            }

            mean[j] *= (space.IsTurned[j] ? -1 : 1) * Math.Sqrt(pairs.Values[j]) / rows.WeightSum;
        }

        return mean;
    }

    private static EigenPairs PairsOf(UpperMatrix matrix, int dimension, double explainedVarianceThreshold, int? rank) => rank is { } k
        ? SymmetricEigen.Largest(matrix, dimension, k)
        : SymmetricEigen.ForShare(matrix, dimension, explainedVarianceThreshold);

    private static double[] Divided(double[] sum, double weight) => Array.ConvertAll(sum, x => x / weight);

    private static double[] Project(double[] mean, float[] basis, int rank)
    {
        double[] scores = new double[rank];
        for (int p = 0; p < mean.Length; p++)
        {
            ScaledSum.Add(scores, basis.AsSpan(p * rank, rank), mean[p], 1);
        }

        return scores;
    }
}
