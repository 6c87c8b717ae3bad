using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Rows;

namespace Dime.MLNet.Modelling;

/// <summary>From sums, or from rows, to a hyperplane through the origin: the first k eigenvectors of M = XᵀX.</summary>
internal static class HyperplaneFit
{
    public static ModelledEmbedding Run(EmbeddingAccumulator sums, double explainedVarianceThreshold, int? rank)
    {
        CheckArguments(sums.Dimension, explainedVarianceThreshold, rank);
        HyperplaneDirections directions = DirectionsOf(sums, explainedVarianceThreshold, rank);
        if (rank > directions.NumericalRank)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rank),
                rank,
                $"The rank is above the numerical rank of the embeddings, {directions.NumericalRank}: choose {directions.NumericalRank} or less.");
        }

        return new ModelledEmbedding(
            directions.Basis,
            sums.Dimension,
            Array.ConvertAll(directions.Values, x => x / directions.Trace),
            ScoreStatistics(sums, directions),
            spectrum: Array.ConvertAll(directions.Spectrum, x => Math.Max(0, x / directions.Trace)),
            normalizes: sums.Normalizes,
            trainingRowCount: sums.RowsWorth);
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

    }

    private static HyperplaneDirections DirectionsOf(EmbeddingAccumulator sums, double explainedVarianceThreshold, int? rank)
    {
        CheckSums(sums);
        if (sums.Rows is not { } rows)
        {
            FitMemory.RequireMoment(sums.Count, sums.Dimension);
            CheckNotZero(sums.Moment.Matrix);
            return HyperplaneDirections.Of(sums.Moment, explainedVarianceThreshold, rank);
        }

        FitMemory.RequireGram(rows.Count, rows.Dimension);
        UpperMatrix gram = GramMatrix.Of(rows);
        CheckNotZero(gram);
        return HyperplaneDirections.Of(rows, gram, explainedVarianceThreshold, rank);
    }

    private static void CheckNotZero(UpperMatrix products)
    {
        if (products.HasZeroDiagonal)
        {
            throw new InvalidOperationException("All embeddings are zero, so they span no hyperplane: check the network and the layer.");
        }
    }

    /// <summary>
    /// Mean and covariance of the training scores s = xV, from the sums alone: VᵀMV is diag(λ), so the covariance is
    /// (diag(λ) − N s̄ s̄ᵀ) / (N − 1).
    /// </summary>
    private static ScoreDistribution? ScoreStatistics(EmbeddingAccumulator sums, HyperplaneDirections directions)
    {
        double n = sums.TotalWeight;
        if (n <= 1)
        {
            return null;
        }

        double[] mean = directions.MeanScores;
        int rank = mean.Length;
        double[] covariance = new double[rank * rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                double second = i == j ? directions.Values[i] : 0;
                covariance[(i * rank) + j] = (second - (n * mean[i] * mean[j])) / (n - 1);
            }
        }

        // Below this a variance is the rounding of sums of N terms of size λ₁.
        double negligible = Math.Max(sums.Dimension, Math.Sqrt(n)) * Math.ScaleB(1, -52) * directions.Values[0] / (n - 1);

        // The scores that will be centred come from the basis in single precision, so their mean must too.
        return ScoreDistribution.FromCovariance(directions.RoundedMeanScores, covariance, negligible);
    }
}
