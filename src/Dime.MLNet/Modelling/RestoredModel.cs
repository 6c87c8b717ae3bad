using System.Globalization;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling;

/// <summary>
/// What a file says of a fitted model, zip and ONNX alike. A checksum tells what was altered, not what was never right, so
/// nothing is believed before <see cref="ToModel"/> has checked it.
/// </summary>
/// <param name="Dimension">P.</param>
/// <param name="Rank">k.</param>
/// <param name="Basis">Row-major P×k.</param>
/// <param name="ExplainedVariance">k shares.</param>
/// <param name="ScoreMean">k means; null where there is no distance within the hyperplane.</param>
/// <param name="Whitening">Row-major k×m, m from 0 to k; null where the means are.</param>
/// <param name="Percentiles">Of the distances to the hyperplane; null without calibration.</param>
/// <param name="WithinPercentiles">Of the distances within it; null without calibration, or where there is none.</param>
internal sealed record RestoredModel(
    int Dimension,
    int Rank,
    float[] Basis,
    double[] ExplainedVariance,
    double[]? ScoreMean,
    float[]? Whitening,
    float[]? Percentiles,
    float[]? WithinPercentiles)
{
    /// <summary>Whether rows are scaled to length 1 before they are measured.</summary>
    public bool Normalizes { get; init; }

    /// <summary>The number of rows that calibrated it; 0 where that is not told.</summary>
    public long CalibrationRowCount { get; init; }

    /// <summary>The number of rows that it was fitted to, or their total weight where that is less; 0 where that is not told.</summary>
    public long TrainingRowCount { get; init; }

    /// <summary>P shares, of which the first k are the explained variance; null where they are not told.</summary>
    public double[]? Spectrum { get; init; }

    // Orthonormal vectors of double precision, rounded to single: each of the products in vᵢᵀvⱼ is off by 2⁻²³ of itself at
    // most, and the magnitudes of the products add up to 1 at most. Four times that is still no error that shows in a distance.
    private const double OrthonormalityTolerance = 4 * 1.1920929e-7;

    // Eigenvalues and their sum are off by far less, at any P.
    private const double ShareTolerance = 1e-6;

    /// <exception cref="InvalidDataException">There is no hyperplane of such a rank.</exception>
    public static void CheckSizes(int dimension, int rank, Func<string, InvalidDataException> invalid) => Require(
        rank >= 1 && rank <= dimension && rank <= SecondMoment.MaxDimension, $"its rank is {rank} and its dimension {dimension}", invalid);

    /// <exception cref="InvalidDataException">No probability, or every one, would be flagged.</exception>
    public static void CheckOutlierProbability(double outlierProbability, Func<string, InvalidDataException> invalid) =>
        Require(outlierProbability is > 0 and <= 1, string.Create(CultureInfo.InvariantCulture, $"its outlier probability is {outlierProbability}"), invalid);

    /// <summary>Makes a distribution of percentiles, once they are known to be some.</summary>
    /// <exception cref="InvalidDataException">There are fewer than two, or they are not finite or do not ascend.</exception>
    public static EmpiricalDistribution ToDistribution(float[] percentiles, Func<string, InvalidDataException> invalid)
    {
        Require(percentiles.Length >= 2, $"it has {percentiles.Length} percentiles", invalid);
        Require(Array.TrueForAll(percentiles, float.IsFinite), "its percentiles are infinite or no numbers", invalid);
        Require(IsMonotone(percentiles, (value, next) => value <= next), "its percentiles do not ascend", invalid);
        return new EmpiricalDistribution(percentiles);
    }

    /// <summary>Makes the model, once all of it is known to be one that a fit can give.</summary>
    /// <param name="invalid">The error for a reason, to throw.</param>
    /// <exception cref="InvalidDataException">A part is missing, of another size, not finite, or contradicts what it says it is.</exception>
    public ModelledEmbedding ToModel(Func<string, InvalidDataException> invalid)
    {
        CheckSizes(Dimension, Rank, invalid);
        CheckBasis(invalid);
        CheckExplainedVariance(invalid);
        CheckSpectrum(invalid);
        ScoreDistribution? scores = Scores(invalid);
        EmpiricalDistribution? distances = Distribution(Percentiles, invalid);
        EmpiricalDistribution? withinDistances = Distribution(WithinPercentiles, invalid);
        Require(withinDistances is not null == (scores is not null && distances is not null), "its calibration is incomplete", invalid);
        Require(
            CalibrationRowCount >= 0 && (CalibrationRowCount == 0 || distances is not null), $"it was calibrated on {CalibrationRowCount} rows", invalid);
        Require(TrainingRowCount >= 0, $"it was fitted to {TrainingRowCount} rows", invalid);
        return new ModelledEmbedding(
            Basis, Dimension, ExplainedVariance, scores, distances, withinDistances, Spectrum, CalibrationRowCount, Normalizes, TrainingRowCount);
    }

    private void CheckBasis(Func<string, InvalidDataException> invalid)
    {
        Require(Basis.Length == (long)Dimension * Rank, $"its basis is not {Dimension}×{Rank} numbers", invalid);
        Require(Array.TrueForAll(Basis, float.IsFinite), "its basis has values that are not finite", invalid);

        Require(IsOrthonormal(Basis, Rank), "its basis is not orthonormal", invalid);
    }

    /// <summary>Whether the columns of a matrix are unit vectors at right angles.</summary>
    /// <param name="basis">Row-major P×<paramref name="rank"/>.</param>
    /// <param name="rank">The number of columns.</param>
    public static bool IsOrthonormal(float[] basis, int rank)
    {
        // VᵀV is the second moment of the rows of V. The kernel of the fit takes less time for it than the fit did for so many
        // rows, 1 ms for 2048×128, so that all of it is computed rather than the product with some random vectors.
        var gram = new SecondMoment(rank);
        gram.Add(basis);
        for (int i = 0; i < rank; i++)
        {
            ReadOnlySpan<double> row = gram.UpperRow(i);
            for (int j = 0; j < row.Length; j++)
            {
                if (!(Math.Abs(row[j] - (j == 0 ? 1 : 0)) <= OrthonormalityTolerance))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void CheckExplainedVariance(Func<string, InvalidDataException> invalid)
    {
        Require(ExplainedVariance.Length == Rank, $"its explained variance is not {Rank} numbers", invalid);
        Require(
            Array.TrueForAll(ExplainedVariance, share => share > 0) && ExplainedVariance.Sum() <= 1 + ShareTolerance,
            "its explained variance is not made of shares of a whole",
            invalid);
        Require(IsMonotone(ExplainedVariance, (share, next) => share >= next), "its explained variance does not fall", invalid);
    }

    private void CheckSpectrum(Func<string, InvalidDataException> invalid)
    {
        if (Spectrum is null)
        {
            return;
        }

        Require(
            Spectrum.Length == Dimension && Spectrum.AsSpan(0, Rank).SequenceEqual(ExplainedVariance), "its spectrum is not that of its explained variance", invalid);
        Require(
            Array.TrueForAll(Spectrum, share => share >= 0) && Math.Abs(Spectrum.Sum() - 1) <= ShareTolerance, "its spectrum is not made of shares of a whole", invalid);
        Require(IsMonotone(Spectrum, (share, next) => share >= next), "its spectrum does not fall", invalid);
    }

    private ScoreDistribution? Scores(Func<string, InvalidDataException> invalid)
    {
        if (ScoreMean is null || Whitening is null)
        {
            Require(ScoreMean is null && Whitening is null, "its score distribution is incomplete", invalid);
            return null;
        }

        Require(ScoreMean.Length == Rank, $"its mean score is not {Rank} numbers", invalid);
        Require(Array.TrueForAll(ScoreMean, double.IsFinite), "its mean score has values that are not finite", invalid);
        (int kept, int rest) = Math.DivRem(Whitening.Length, Rank);
        Require(
            rest == 0 && kept <= Rank && Array.TrueForAll(Whitening, float.IsFinite),
            "its score distribution is not made of finite numbers, as many as its rank has pairs at most",
            invalid);
        for (int direction = 0; direction < kept; direction++)
        {
            int first = direction;
            Require(
                Enumerable.Range(0, Rank).Any(i => Whitening[(i * kept) + first] != 0), "its score distribution has a direction without scale", invalid);
        }

        return new ScoreDistribution(ScoreMean, Whitening);
    }

    private static EmpiricalDistribution? Distribution(float[]? percentiles, Func<string, InvalidDataException> invalid)
    {
        if (percentiles is null)
        {
            return null;
        }

        EmpiricalDistribution distribution = ToDistribution(percentiles, invalid);
        Require(percentiles[0] >= 0, "its percentiles are negative", invalid);
        return distribution;
    }

    private static bool IsMonotone<T>(T[] values, Func<T, T, bool> inOrder) => values.Zip(values.Skip(1), inOrder).All(ordered => ordered);

    /// <exception cref="InvalidDataException">The condition does not hold.</exception>
    public static void Require(bool condition, string otherwise, Func<string, InvalidDataException> invalid)
    {
        if (!condition)
        {
            throw invalid(otherwise);
        }
    }
}
