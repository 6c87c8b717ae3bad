using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Modelling;

/// <summary>From sums to a hyperplane through the origin: the first k eigenvectors of M = XᵀX.</summary>
internal static class HyperplaneFit
{
    public static ModelledEmbedding Run(EmbeddingAccumulator sums, double explainedVarianceThreshold, int? rank)
    {
        CheckArguments(sums.Dimension, explainedVarianceThreshold, rank);
        CheckSums(sums);

        double[] moment = sums.Moment.ToUpperMatrix();
        EigenPairs pairs = rank is { } k
            ? SymmetricEigen.Largest(moment, sums.Dimension, k)
            : SymmetricEigen.ForShare(moment, sums.Dimension, explainedVarianceThreshold);
        if (rank > pairs.NumericalRank)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rank),
                rank,
                $"The rank is above the numerical rank of the embeddings, {pairs.NumericalRank}: choose {pairs.NumericalRank} or less.");
        }

        return new ModelledEmbedding(
            pairs.ToBasis(),
            sums.Dimension,
            Array.ConvertAll(pairs.Values, x => x / pairs.Trace),
            ScoreStatistics(sums, pairs),
            spectrum: Array.ConvertAll(pairs.Spectrum, x => Math.Max(0, x / pairs.Trace)),
            normalizes: sums.Normalizes);
    }

    internal static void CheckArguments(int dimension, double explainedVarianceThreshold, int? rank)
    {
        CheckThreshold(explainedVarianceThreshold);
        if (rank < 1 || rank > dimension)
        {
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"The rank must be between 1 and the dimension, {dimension}.");
        }
    }

    internal static void CheckThreshold(double explainedVarianceThreshold)
    {
        if (!(explainedVarianceThreshold > 0 && explainedVarianceThreshold <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(explainedVarianceThreshold), explainedVarianceThreshold, "The share of explained variance must be in (0, 1].");
        }
    }

    private static void CheckSums(EmbeddingAccumulator sums)
    {
        if (sums.Count == 0)
        {
            throw new InvalidOperationException(sums.SkippedCount == 0
                ? "There are no embeddings to fit a hyperplane to: add at least one row."
                : $"All {sums.SkippedCount} embeddings have values that are not finite: check the network and its input.");
        }

        if (sums.TotalWeight == 0)
        {
            throw new InvalidOperationException("All weights are zero: at least one row must have a positive weight.");
        }

        if (Enumerable.Range(0, sums.Dimension).All(i => sums.Moment.UpperRow(i)[0] == 0))
        {
            throw new InvalidOperationException("All embeddings are zero, so they span no hyperplane: check the network and the layer.");
        }
    }

    /// <summary>
    /// Mean and covariance of the training scores s = xV, from the sums alone: VᵀMV is diag(λ), so the covariance is
    /// (diag(λ) − N s̄ s̄ᵀ) / (N − 1).
    /// </summary>
    private static ScoreDistribution? ScoreStatistics(EmbeddingAccumulator sums, EigenPairs pairs)
    {
        double n = sums.TotalWeight;
        if (n <= 1)
        {
            return null;
        }

        int rank = pairs.Count;
        double[] mean = MeanScores(sums, pairs, x => x);
        double[] covariance = new double[rank * rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                double second = i == j ? pairs.Values[i] : 0;
                covariance[(i * rank) + j] = (second - (n * mean[i] * mean[j])) / (n - 1);
            }
        }

        // Below this a variance is the rounding of sums of N terms of size λ₁.
        double negligible = Math.Max(sums.Dimension, Math.Sqrt(n)) * Math.ScaleB(1, -52) * pairs.Values[0] / (n - 1);

        // The scores that will be centred come from the basis in single precision, so their mean must too.
        double[] roundedMean = MeanScores(sums, pairs, x => (float)x);
        return ScoreDistribution.FromCovariance(roundedMean, covariance, negligible);
    }

    private static double[] MeanScores(EmbeddingAccumulator sums, EigenPairs pairs, Func<double, double> round)
    {
        double[] mean = new double[pairs.Count];
        ReadOnlySpan<double> sum = sums.Moment.Sum;
        for (int i = 0; i < mean.Length; i++)
        {
            for (int p = 0; p < sum.Length; p++)
            {
                mean[i] += sum[p] / sums.TotalWeight * round(pairs.Vectors[(i * sum.Length) + p]);
            }
        }

        return mean;
    }
}
