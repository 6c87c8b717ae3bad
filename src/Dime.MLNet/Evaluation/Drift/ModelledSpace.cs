using Dime.MLNet.Modelling;
using Dime.MLNet.Modelling.Ensembles;
using Dime.MLNet.Numerics.Distributions;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>The space in which a model has the mean and the covariance of the embeddings of one column.</summary>
internal abstract class ModelledSpace(string? name, int offset, int dimension, bool normalizes)
{
    // The mean of fewer rows need not be normally distributed, as T² takes it to be.
    public const int FewestRows = 30;

    /// <summary>Where the column begins in a row.</summary>
    public int Offset => offset;

    /// <summary>P.</summary>
    public int Dimension => dimension;

    public bool Normalizes => normalizes;

    /// <summary>N, the rows that mean and covariance come from; 0 where that is not told.</summary>
    protected abstract long TrainingRows { get; }

    /// <summary>k, the dimension of the space.</summary>
    protected abstract int Rank { get; }

    /// <summary>Why there is no T² whatever the rows; null where there is.</summary>
    protected abstract string? WhyNone { get; }

    /// <param name="sum">The sum of the embeddings, P values.</param>
    /// <param name="rows">m, the number of them.</param>
    public DriftTestResult Test(ReadOnlySpan<double> sum, long rows)
    {
        string? whyNot = WhyNone ?? (TrainingRows, rows) switch
        {
            (0, _) => "the file of the model does not tell how many rows it was fitted to; fit it again",
            (var n, _) when n <= Rank => $"the model was fitted to {n} rows, no more than the {Rank} dimensions of its space; fit it to more rows",
            (_, < FewestRows) => $"the mean of {rows} rows of finite values is too uncertain; give {FewestRows} or more",
            _ => null,
        };
        if (whyNot is not null)
        {
            return new DriftTestResult(DriftTestKind.Mean, name, double.NaN, double.NaN, null, whyNot);
        }

        double[] mean = new double[dimension];
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] = sum[i] / rows;
        }

        double squared = SquaredDistance(mean) / ((1.0 / rows) + (1.0 / TrainingRows));

        // Of finite rows so long that their squares are not: as far away as a number can say.
        squared = double.IsNaN(squared) ? double.PositiveInfinity : squared;
        return new DriftTestResult(
            DriftTestKind.Mean, name, squared, Rank, UpperTails.F(squared / (TrainingRows - 1), Rank, TrainingRows - Rank));
    }

    /// <summary>(x̄ₘ − x̄)ᵀC⁻¹(x̄ₘ − x̄), or less.</summary>
    protected abstract double SquaredDistance(double[] mean);

    /// <summary>vW, for a row-major matrix of as many rows as the vector has values.</summary>
    protected static double[] Multiply(double[] vector, ReadOnlySpan<float> matrix)
    {
        double[] product = new double[matrix.Length / vector.Length];
        for (int i = 0; i < vector.Length; i++)
        {
            ReadOnlySpan<float> row = matrix.Slice(i * product.Length, product.Length);
            for (int j = 0; j < product.Length; j++)
            {
                product[j] += vector[i] * row[j];
            }
        }

        return product;
    }
}

/// <summary>The hyperplane of DIME: the scores xV with their mean and covariance.</summary>
internal sealed class HyperplaneSpace(string? name, int offset, ModelledEmbedding embedding)
    : ModelledSpace(name, offset, embedding.Dimension, embedding.Normalizes)
{
    protected override long TrainingRows => embedding.TrainingRowCount;

    protected override int Rank => (embedding.Scores?.Whitening.Length ?? 0) / embedding.Rank;

    protected override string? WhyNone => embedding.Scores is { Whitening.Length: > 0 } ? null : "the rows that the model was fitted to do not vary within its hyperplane";

    protected override double SquaredDistance(double[] mean)
    {
        ScoreDistribution scores = embedding.Scores!;
        double[] difference = Multiply(mean, embedding.BasisVectors.Span);
        for (int i = 0; i < difference.Length; i++)
        {
            difference[i] -= scores.Mean[i];
        }

        return Multiply(difference, scores.Whitening).Sum(value => value * value);
    }
}

/// <summary>The features of Mahalanobis scores, with the mean and the shrunk covariance of all rows.</summary>
internal sealed class MahalanobisSpace(string name, int offset, MahalanobisModel model)
    : ModelledSpace(name, offset, model.Whitening.Dimension, model.Whitening.Normalizes)
{
    protected override long TrainingRows => model.Rows?.Count ?? 0;

    protected override int Rank => model.Whitening.Dimension;

    // Within classes, rows vary less than all rows do, and their mean would seem to have moved.
    protected override string? WhyNone => model.HasTotal
        ? null
        : $"the model has the covariance within classes alone; a {nameof(OutOfDistributionScoreKind.RelativeMahalanobis)} score of the column keeps that of all rows";

    protected override double SquaredDistance(double[] mean)
    {
        Whitening whitening = model.Whitening;
        double[] standardized = new double[mean.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            standardized[i] = (mean[i] - whitening.Mean[i]) / whitening.Deviation[i];
        }

        double[] whitened = Multiply(standardized, whitening.Matrix);
        double squared = 0;
        for (int i = 0; i < whitened.Length; i++)
        {
            squared += whitened[i] * whitened[i] * (model.TotalPrecisions?[i] ?? 1);
        }

        // C is no more than c times the shrunk one, and has the divisor N where T² takes N − 1.
        return squared / model.Rows!.LargestRatio * (TrainingRows - 1) / TrainingRows;
    }
}
